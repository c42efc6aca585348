import { Console } from '../../guest/console.ts';
import { agentPort, agentToken } from '../../guest/control/agent-address.ts';
import { ConsoleCommands } from '../../guest/control/console-commands.ts';
import { TcpAgent } from '../../guest/control/tcp-agent.ts';
import type { Host } from '../../remote/host.ts';
import { within } from '../../within.ts';
import type { Guest, GuestSpec, Hypervisor, RunChange } from '../hypervisor.ts';
import { bridgedService } from '../qemu/service-address.ts';
import { addressOf } from './domain/config.ts';
import { ConsoleLine } from './guest-console.ts';
import { parseList, type DomainLine } from './parse/list.ts';
import { onRelease, type Look } from './releases.ts';
import { deviceLimit, isAbsent, plainLanguage, xl } from './xl.ts';

/** Seconds in which a destroyed domain must go. */
const endLimit = 30;

const destroyed = 'it was destroyed';

/** A guest of Xen: a domain, once it has one. */
export class XenGuest implements Guest {
  readonly spec: GuestSpec;
  readonly host: Host;
  readonly hypervisor: Hypervisor;
  readonly console: Console;
  readonly control: TcpAgent;
  readonly offNetwork: ConsoleCommands;
  readonly service: Guest['service'];
  readonly gone: Promise<string>;
  readonly stamps: { running?: number } = {};
  readonly faults: string[] = [];
  readonly #listeners = new Set<(change: RunChange) => void>();
  readonly #line = new ConsoleLine();
  #id: number | undefined;
  #ended = false;
  #wanted = false;
  #end: (why: string) => void = () => undefined;
  #unwatch: () => Promise<void> = () => Promise.resolve();

  /**
   * @param listens whether a shell in it reads from its console already: a restored guest
   * @throws UserError if the guest has no address
   */
  constructor(hypervisor: Hypervisor, host: Host, spec: GuestSpec, listens = false) {
    this.hypervisor = hypervisor;
    this.host = host;
    this.spec = spec;
    this.gone = new Promise((resolve) => (this.#end = resolve));
    const token = agentToken(spec.environment);
    this.control = new TcpAgent({ host: addressOf(spec), port: agentPort, token });
    this.service = bridgedService(spec);
    this.console = new Console(this.#line.stream, host.clock, spec.consoleLog);
    const device = spec.accelerator === 'xen-hvm' ? '/dev/ttyS0' : '/dev/hvc0';
    const starter = listens ? undefined : this.control;
    this.offNetwork = new ConsoleCommands(this.#line.stream, device, starter);
  }

  /** Number of its domain; undefined while it has none. */
  get id(): number | undefined {
    return this.#id;
  }

  /**
   * Takes a domain as its own: from now on it is listened to and watched.
   * @throws CommandError if that does not work; the domain is left as it is
   */
  async adopt(id: number): Promise<void> {
    const { shell } = this.host;
    const { environment } = this.spec;
    this.#id = id;
    await this.#line.attach(shell, id, environment);
    const unwatch = await onRelease(this.host, environment, (look) => this.#see(look));
    if (this.#ended) await unwatch();
    else this.#unwatch = unwatch;
  }

  onRunChange(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async resume(): Promise<void> {
    const at = await this.#change('unpause');
    this.stamps.running ??= at;
    this.#tell({ state: 'running', at });
  }

  async pause(): Promise<void> {
    this.#tell({ state: 'stopped', at: await this.#change('pause') });
  }

  async running(): Promise<boolean> {
    try {
      return (await this.#look())?.state === 'running';
    } catch {
      return false;
    }
  }

  async destroy(): Promise<void> {
    this.#wanted = true;
    this.control.close();
    if (this.#id !== undefined && !this.#ended) {
      await this.#destroyDomain(this.#id);
      if (await this.exists()) {
        const message = `domain ${this.#id} did not end within ${endLimit} s`;
        await within(endLimit, message, this.gone);
      }
    }
    await this.#close(destroyed);
  }

  async exists(): Promise<boolean> {
    return (await this.#look()) !== undefined;
  }

  hostInterface(): Promise<string | undefined> {
    return Promise.resolve(this.#id === undefined ? undefined : `vif${this.#id}.0`);
  }

  /** @throws Error if it has no domain (yet) */
  expectId(): number {
    if (this.#id === undefined) throw new Error(`${this.spec.name} has no domain`);
    return this.#id;
  }

  /**
   * Xen makes no stamp itself: the host takes one as soon as xl has returned, which is late by the end
   * of a process. In seconds on our clock.
   */
  async #change(command: 'pause' | 'unpause'): Promise<number> {
    const { shell, clock } = this.host;
    // xl ends with code 0 although there is no such domain: its words count.
    const script = `said=$(xl ${command} "$1" 2>&1); code=$?; at=\${EPOCHREALTIME:-$(date +%s.%N)}
      [ $code = 0 ] && [ -z "$said" ] || { printf '%s\\n' "$said" >&2; exit 1; }; echo "$at"`;
    const { stdout } = await shell.run(
      ['bash', '--norc', '-c', script, 'bash', String(this.expectId())],
      {
        timeout: 30,
        env: plainLanguage,
      },
    );
    const stamp = Number(stdout);
    if (!(stamp > 0)) throw new Error(`${this.host.name}: expected the time, got ${stdout.trim()}`);
    return clock.fromWall(stamp);
  }

  #tell(change: RunChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  async #look(): Promise<DomainLine | undefined> {
    if (this.#id === undefined) return undefined;
    try {
      const text = await xl(this.host.shell, ['list', String(this.#id)], { timeout: 15 });
      return parseList(text)[0];
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** A domain that has shut down keeps its memory until somebody destroys it; one that moves does not end. */
  #see(look: Look): void {
    if (this.#ended) return;
    if ('lost' in look) {
      void this.#close(`Xen on ${this.host.name} is out of reach: ${look.lost}`);
      return;
    }
    const domain = look.domains.find(({ id }) => id === this.#id);
    if (domain === undefined) {
      void this.#close(this.#wanted ? destroyed : 'its domain is gone');
      return;
    }
    if (domain.state !== 'shut down' || domain.reason === 'suspended') return;
    const why = describeEnd(domain.reason, this.console.text);
    void this.#destroyDomain(domain.id)
      .catch(() => undefined)
      .then(() => this.#close(why));
  }

  async #destroyDomain(id: number): Promise<void> {
    try {
      await xl(this.host.shell, ['destroy', String(id)], { timeout: deviceLimit });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  async #close(why: string): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#line.close();
      this.control.close();
      this.#end(why);
    }
    await Promise.all([this.#unwatch(), this.#line.ended()]);
  }
}

/** @param said the end of its console */
function describeEnd(reason: DomainLine['reason'], said: string): string {
  const panic = /Kernel panic - not syncing: [^\r\n]+|vg-fault [^\r\n]+/.exec(said)?.[0];
  const how = reason === undefined ? 'the guest has shut down' : `the guest ${verb(reason)}`;
  return panic === undefined ? how : `${how}: ${panic}`;
}

function verb(reason: NonNullable<DomainLine['reason']>): string {
  if (reason === 'watchdog') return 'was ended by its watchdog';
  if (reason === 'rebooted') return 'rebooted, which ends a guest of Xen here';
  return reason === 'soft reset' ? 'asked for a soft reset' : reason;
}

/** @throws Error if another hypervisor runs it */
export function xenGuest(guest: Guest): XenGuest {
  if (guest instanceof XenGuest) return guest;
  throw new Error(`${guest.spec.name} is no guest of Xen`);
}
