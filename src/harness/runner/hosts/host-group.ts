import { UserError } from '../../../base/errors.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { isThisMachine } from '../../../platform/remote/this-machine.ts';
import { lockHost, type HostLock } from './host-lock.ts';

/** Seconds for a host to answer. */
const patience = 10;

/** The hosts of one trial at a time. */
export class HostGroup {
  readonly hosts: readonly Host[];
  readonly #locks: Map<string, HostLock>;
  /** By the host's name: why it was lost. */
  readonly #lost = new Map<string, string>();
  readonly #listeners = new Set<(why: string) => void>();

  /**
   * @param hosts source, target, watcher
   * @param locks of the remote ones, by name
   */
  constructor(hosts: readonly Host[], locks: ReadonlyMap<string, HostLock>) {
    this.hosts = hosts;
    this.#locks = new Map();
    for (const { name } of hosts) {
      const lock = locks.get(name);
      if (lock !== undefined) this.#hold(name, lock);
    }
  }

  /** Whether there is a host that is not this machine. */
  get canBeLost(): boolean {
    return this.hosts.some((host) => !isThisMachine(host));
  }

  /** Why a host of the group is out of reach, in one sentence; undefined while none is. */
  loss(): string | undefined {
    const [first] = this.#lost;
    return first && `host ${first[0]} is out of reach: ${first[1]}`;
  }

  /** Calls `listener` when a host is lost from now on; the result stops that. */
  onLost(listener: (why: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Makes sure that every host answers; one that was lost is connected and locked anew, once.
   * @throws Error saying which host is out of reach
   */
  async require(): Promise<void> {
    await Promise.all(this.hosts.map((host) => this.#requireHost(host)));
  }

  /** Unlocks its hosts. */
  async release(): Promise<void> {
    await Promise.all([...this.#locks.values()].map((lock) => lock.release()));
    this.#locks.clear();
  }

  async #requireHost(host: Host): Promise<void> {
    if (isThisMachine(host)) return;
    const { name, shell } = host;
    try {
      if (this.#lost.has(name)) this.#hold(name, await lockHost(host));
      else await shell.run(['true'], { timeout: patience });
    } catch (cause) {
      const why = reasonOf(cause);
      this.#lost.set(name, why);
      throw new Error(`host ${name} is out of reach: ${why}`, { cause });
    }
  }

  #hold(name: string, lock: HostLock): void {
    this.#locks.set(name, lock);
    this.#lost.delete(name);
    void lock.lost.then((why) => {
      if (this.#locks.get(name) !== lock) return;
      this.#locks.delete(name);
      this.#lost.set(name, why);
      for (const listener of this.#listeners) listener(`host ${name} is out of reach: ${why}`);
    });
  }
}

/** In few words: the host is named before. */
function reasonOf(error: unknown): string {
  if (error instanceof CommandError) {
    return /did not (?:start|run) \((.+)\)$/s.exec(error.message)?.[1] ?? error.message;
  }
  if (error instanceof UserError) return error.problems.map(({ message }) => message).join('; ');
  return error instanceof Error ? error.message : String(error);
}
