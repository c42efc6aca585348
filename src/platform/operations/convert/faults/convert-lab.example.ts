import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { monotonicClock as clock } from '../../../../base/clock.ts';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { firstAnswer } from '../../../guest/service.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { ownedDirectoryOn } from '../../../ledger/owned-directory-on.ts';
import {
  goneMachines,
  killMachine,
  machinesUp,
  readLab,
  startMachine,
} from '../../../lab/index.ts';
import { bootMachine } from '../../../lab/machines/boot.ts';
import { identify } from '../../../lab/machines/identify.ts';
import { machineFiles } from '../../../lab/machines/plan.ts';
import { resetMachine } from '../../../lab/machines/power.ts';
import { markedShell } from '../../../lab/marked-shell.ts';
import { testLab } from '../../../lab/namespaces/lab.example.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { Host } from '../../../remote/host.ts';
import { loadInventory } from '../../../remote/inventory/load.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { localShell } from '../../../remote/local.ts';
import { Acknowledged, factsOf, installService } from '../native-switch/switch-lab.example.ts';
import type { ConversionRequest } from '../request.ts';
import { lookAround } from '../standing/look.ts';
import { readRecord } from '../standing/record.ts';
import type { Sight } from '../standing/standing.ts';
import { firstGreeting } from '../vmm/greeting.ts';
import { vmmImage } from '../vmm-image/vmm-image.ts';

/** Who serves, as it is found out without asking either end. */
export type Serving = 'source' | 'source-guest' | 'target' | 'nobody';

/** Seconds for a machine to start, or to answer. */
const patience = 300;

/**
 * A lab for the tests of a block: up before the first of them, gone after the last.
 * @param options `needed`: whether any of them wants it
 */
export function useConvertLab(
  name: string,
  { needed = true, patient = false }: { needed?: boolean; patient?: boolean } = {},
): () => ConvertLab {
  const testing = testLab(name);
  let lab: ConvertLab | undefined;
  beforeAll(async () => {
    lab = new ConvertLab(testing, { patient });
    if (needed) await lab.up();
  });
  afterAll(async () => {
    await lab?.close();
    await testing.removeAll();
    testing.close();
  });
  return () => {
    if (lab === undefined) throw new Error('the lab is not up yet');
    return lab;
  };
}

/** A lab with a machine that serves (h1) and a host (h2), for one conversion after the other. */
export class ConvertLab {
  readonly cache = cacheDirectory(process.env);
  readonly #lab: ReturnType<typeof testLab>;
  readonly acknowledged = new Acknowledged();
  readonly #patient: boolean;
  readonly #work = mkdtempSync(join(tmpdir(), 'virtgauge-convert-test-'));
  #entries: HostEntry[] = [];
  #shells: Host[] = [];
  #count = 0;

  /** @param patient with machines that a busy one emulates; else one that is gone is missed sooner */
  constructor(lab: ReturnType<typeof testLab>, { patient = false } = {}) {
    this.#lab = lab;
    this.#patient = patient;
  }

  async up(): Promise<void> {
    const { inventoryPath } = await machinesUp({
      ...{ stateDirectory: this.#lab.state, cache: this.cache, name: this.#lab.name },
      ...{ machines: ['plain', 'kvm'], diskCache: 'writeback' },
    });
    this.#entries = loadInventory(inventoryPath).hosts.map(({ ssh, ...entry }) => ({
      ...{ ...entry, emulated: this.#patient },
      ...(ssh && { ssh: { ...ssh, emulated: false } }),
    }));
  }

  get record() {
    const found = readLab(this.#lab.state, this.#lab.name);
    if (found?.kind !== 'machines') throw new Error('no lab of machines');
    return found;
  }

  get #net(): string {
    return (this.record.hosts[0]?.address ?? '').replace(/\.\d+$/, '');
  }

  get address(): string {
    return this.record.hosts[0]?.address ?? '';
  }

  /** What the source's console has said since it was started last. */
  get console(): string {
    const [h1] = this.record.hosts;
    return h1 === undefined ? '' : readFileSync(machineFiles(h1).console, 'utf8');
  }

  isOff(host: 'h1' | 'h2'): boolean {
    return goneMachines(this.record).some((each) => each.host === host);
  }

  /** Both as new: the source serves from its own system, the target has no guest. */
  async fresh(): Promise<ConversionRequest> {
    await this.closeShells();
    const stop = AbortSignal.timeout(patience * 1000);
    if (this.isOff('h2')) await startMachine(this.record, 'h2', stop);
    const clear =
      'busybox killall -9 qemu-system-x86_64 qemu-nbd; rm -rf /var/lib/vg/converted-*; :';
    // Before the source is there again: they have one address.
    for (const entry of this.#entries.slice(1)) {
      const { shell } = await connectHost(entry);
      await shell.run(['sh', '-c', clear]);
      await shell.close();
    }
    await resetMachine(this.record, 'h1', this.cache, stop);
    // Its witness begins anew.
    this.acknowledged.highest = 0;
    const [source, target] = await this.#connectSoon(stop);
    await installService(source.shell, `${this.#net}.254:${this.acknowledged.port}`);
    const ledger = openLedger({ stateDirectory: this.#lab.state, label: 'convert' });
    const name = `converted-${this.#count++}`;
    // To bring an unpacked kernel to an emulated machine takes longer than it saves.
    const image = await vmmImage(localShell, this.cache);
    delete image.unpacked;
    const directory = await ownedDirectoryOn(target, ledger, `/var/lib/vg/${name}`);
    return {
      ...{ source, facts: await factsOf(source.shell, source.address), ledger },
      work: join(this.#work, name),
      image,
      target: { host: target, hypervisor: qemu, directory, accelerator: 'kvm', cpu: 'host' },
      vmmAddress: `${this.#net}.200/24`,
    };
  }

  /** Shells of their own to the two. */
  async connect(): Promise<[Host, Host]> {
    const [source, target] = await Promise.all(this.#entries.map((entry) => connectHost(entry)));
    if (source === undefined || target === undefined) throw new Error('two hosts');
    this.#shells.push(source, target);
    return [source, target];
  }

  /** sshd listens a moment after its machine is ready. */
  async #connectSoon(signal: AbortSignal): Promise<[Host, Host]> {
    for (;;) {
      try {
        return await this.connect();
      } catch (error) {
        if (signal.aborted) throw error;
        await sleep(300);
      }
    }
  }

  async closeShells(): Promise<void> {
    for (const { shell } of this.#shells.splice(0)) {
      shell.lostPower?.();
      await shell.close();
    }
  }

  /** Takes the power of one of them; its connections break at once. */
  cutPower(host: 'h1' | 'h2'): Promise<void> {
    return killMachine(this.record, host);
  }

  /** Cuts the wire of one of them at the switch, or joins it again. */
  wire(host: 'h1' | 'h2', state: 'down' | 'up'): void {
    const { switchNamespace, hosts } = this.record;
    const port = hosts.find(({ name }) => name === host)?.port ?? '';
    execFileSync('ip', ['-n', switchNamespace, 'link', 'set', `${port}w`, state]);
  }

  /**
   * Gives the source power: resolves when its own system serves, or its VMM answers.
   * @returns which
   */
  async powerSource(): Promise<'own' | 'vmm'> {
    const { record } = this;
    const [h1] = record.hosts;
    if (h1 === undefined) throw new Error('no h1');
    const machine = await bootMachine(markedShell(localShell, record.mark), record, h1);
    const stop = new AbortController();
    try {
      const own = identify(record, machine, patience, stop.signal).then(() => 'own' as const);
      const vmm = firstGreeting({ address: `${this.#net}.200` }, clock, patience, stop.signal).then(
        (at) => {
          if (at === undefined) throw new Error('the source did not start');
          return 'vmm' as const;
        },
      );
      own.catch(() => undefined);
      vmm.catch(() => undefined);
      return await Promise.race([own, vmm]);
    } finally {
      stop.abort(new Error('the other one answered'));
      machine.leave();
    }
  }

  /** What status sees, with the patience that emulated machines need. */
  sight(work: string): Promise<Sight> {
    const { source, vmm, target, ...record } = readRecord(work);
    const slow = { emulated: true };
    const ends = { source: { ...source, ...slow }, vmm: { ...vmm, ...slow } };
    const host = { ...target.host, ...slow };
    return lookAround({ ...record, ...ends, target: { ...target, host } }, clock);
  }

  powerTarget(): Promise<void> {
    return startMachine(this.record, 'h2', AbortSignal.timeout(patience * 1000));
  }

  /**
   * Who answers for the machine's service: where the switch saw the answer come from, and what the
   * source's console said last.
   * @param seconds without an answer, after which it is nobody
   */
  async serving(seconds = 12): Promise<Serving> {
    const asked = firstAnswer(
      { host: this.address, port: 7 },
      clock,
      AbortSignal.timeout(seconds * 1000),
    );
    const answer = await asked.catch(() => undefined);
    if (answer === undefined) return 'nobody';
    if (this.isOff('h1')) return 'target';
    const { switchNamespace, hosts } = this.record;
    // Its bridge may have another address than its card.
    const neighbour = execFileSync('ip', ['neigh', 'show', this.address], { encoding: 'utf8' });
    const mac = /lladdr (\S+)/.exec(neighbour)?.[1] ?? '-';
    const table = execFileSync(
      'ip',
      ['netns', 'exec', switchNamespace, 'bridge', 'fdb', 'show', 'br', 'switch'],
      { encoding: 'utf8' },
    );
    const line = table
      .split('\n')
      .find((each) => each.startsWith(mac) && !each.includes('permanent'));
    const target = hosts.find(({ name }) => name === 'h2');
    if (line?.includes(` ${target?.port ?? '-'}s `)) return 'target';
    return this.#sourceIs === 'own' ? 'source' : 'source-guest';
  }

  /** What runs on the source's hardware, by its console. */
  get #sourceIs(): 'own' | 'vmm' | 'off' {
    if (this.isOff('h1')) return 'off';
    const text = this.console;
    return text.lastIndexOf('vg-vmm init') > text.lastIndexOf('vg-machine init') ? 'vmm' : 'own';
  }

  /** Whether the machine's own system has the source's hardware. */
  get sourceIsOwn(): boolean {
    return this.#sourceIs === 'own';
  }

  /** Starts the source again where it ended by itself, as one of metal does. Until `signal`. */
  async restartWhereItEnds(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.isOff('h1')) await this.powerSource().catch(() => undefined);
      await sleep(300);
    }
  }

  async close(): Promise<void> {
    this.acknowledged.close();
    await this.closeShells();
    rmSync(this.#work, { recursive: true, force: true });
  }
}
