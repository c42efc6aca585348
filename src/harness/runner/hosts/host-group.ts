import { UserError } from '../../../base/errors.ts';
import { runs, type Host } from '../../../platform/remote/host.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { isThisMachine } from '../../../platform/remote/this-machine.ts';
import { lockHost, type HostLock } from './host-lock.ts';

/** Seconds for a host to answer. */
const patience = 10;

/** What may make a group unusable: a host that is out of reach, a storage that does not answer. */
export type LossKind = 'host' | 'storage';

/** A storage on a host of the group, and how to see whether it answers. */
export interface WatchedStorage {
  /** `storage shared on h1` */
  readonly name: string;
  /** In what way it does not; undefined if it answers. Takes bounded time. */
  beat(): Promise<string | undefined>;
}

/** The hosts of one trial at a time. */
export class HostGroup {
  readonly hosts: readonly Host[];
  /** The machine that the trial converts, if it does; it is not watched. */
  readonly source: Host | undefined;
  readonly #locks: Map<string, HostLock>;
  /** By the host's name: why it was lost. */
  readonly #lost = new Map<string, string>();
  /** Storages that do not answer, by name, and in what way they do not. */
  readonly #silent = new Map<string, { storage: WatchedStorage; why: string }>();
  /** Hosts whose loss is wanted: nobody is told of it. */
  readonly #expected = new Set<string>();
  readonly #listeners = new Set<(why: string, kind: LossKind) => void>();

  /**
   * @param hosts source, target, watcher
   * @param locks of the remote ones, by name
   * @param source the machine that its trials convert
   */
  constructor(hosts: readonly Host[], locks: ReadonlyMap<string, HostLock>, source?: Host) {
    this.hosts = hosts;
    this.source = source;
    this.#locks = new Map();
    for (const { name } of hosts) {
      const lock = locks.get(name);
      if (lock !== undefined) this.#hold(name, lock);
    }
  }

  /** Whether a hypervisor runs guests on its hosts. */
  runs(hypervisor: string): boolean {
    return this.hosts.every((host) => runs(host, hypervisor));
  }

  /**
   * Why the group cannot be used, in one sentence: a host is out of reach, or a storage does not
   * answer there; undefined while it can.
   */
  loss(): string | undefined {
    const [lost] = this.#lost;
    if (lost !== undefined) return `host ${lost[0]} is out of reach: ${lost[1]}`;
    const [silent] = this.#silent.values();
    return silent && `${silent.storage.name} ${silent.why}`;
  }

  /** Calls `listener` when something is lost from now on; the result stops that. */
  onLost(listener: (why: string, kind: LossKind) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells that a storage does not answer: the group is lost until it does. */
  lose(storage: WatchedStorage, why: string): void {
    // Which host it is on, its name says; where one is down on purpose, none is judged.
    if (this.#expected.size > 0) return;
    this.#silent.set(storage.name, { storage, why });
    for (const listener of this.#listeners) listener(`${storage.name} ${why}`, 'storage');
  }

  /**
   * Makes sure that every host answers, and every storage that did not. A host that was lost is
   * connected and locked anew, once.
   * @throws Error saying what does not answer
   */
  async require(): Promise<void> {
    await Promise.all(this.hosts.map((host) => this.#requireHost(host)));
    await Promise.all([...this.#silent.values()].map(({ storage }) => this.#requireBeat(storage)));
  }

  /**
   * While `work` runs a host may be gone; when it has ended, the host is locked anew.
   * @throws the error of `work`, or one saying why the host does not answer
   */
  async during(host: Host, work: () => Promise<void>): Promise<void> {
    this.#expected.add(host.name);
    try {
      await work();
      this.#locks.delete(host.name);
      this.#hold(host.name, await lockHost(host));
    } finally {
      this.#expected.delete(host.name);
    }
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

  async #requireBeat(storage: WatchedStorage): Promise<void> {
    const why = await storage.beat();
    if (why === undefined) {
      this.#silent.delete(storage.name);
      return;
    }
    this.#silent.set(storage.name, { storage, why });
    throw new Error(`${storage.name} ${why}`);
  }

  #hold(name: string, lock: HostLock): void {
    this.#locks.set(name, lock);
    this.#lost.delete(name);
    void lock.lost.then((why) => {
      if (this.#locks.get(name) !== lock) return;
      this.#locks.delete(name);
      this.#lost.set(name, why);
      if (this.#expected.has(name)) return;
      for (const listener of this.#listeners) {
        listener(`host ${name} is out of reach: ${why}`, 'host');
      }
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
