import type { Change, GuestShape, GuestState } from '../wire/messages/kinds.ts';

/** Where a guest is awaited that is moved here. */
export interface Awaited {
  /** `host:port` */
  readonly address: string;
  /** Whatever the other end has to know besides. */
  readonly note?: string | undefined;
}

/** What a guest uses of its host: cores, bytes. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

/** A guest was to be discarded that was moved here and runs. */
export class RunsHere extends Error {
  constructor(name: string) {
    super(`${name} runs here`);
    this.name = 'RunsHere';
  }
}

/**
 * What runs guests on one host. Each call resolves when it is done; one that rejects has left the guest
 * as it was before, or says in its message what it could not bring back.
 */
export interface GuestRunner {
  readonly hypervisor: string;
  /** Every guest that is there, by name. */
  list(): Promise<ReadonlyMap<string, GuestState>>;
  /** What guests use, as it was measured lately; absent where it cannot be. */
  usage?(): ReadonlyMap<string, Usage>;
  /** Creates a guest and starts it. */
  create(name: string, shape: GuestShape): Promise<void>;
  start(name: string, shape: GuestShape): Promise<void>;
  stop(name: string): Promise<void>;
  /** Takes a guest away with its disk; one that is not there is gone already. */
  remove(name: string): Promise<void>;
  /** @throws Error that says why a guest cannot be moved */
  check(name: string): Promise<void>;
  /** Makes a place for a guest that is moved here. */
  receive(name: string, shape: GuestShape): Promise<Awaited>;
  /**
   * Takes such a place away; one that is not there is gone already.
   * @throws RunsHere if the guest has come and was let go
   */
  discard(name: string): Promise<void>;
  /** Moves a guest to where it is awaited; it runs there then, and is gone here. */
  send(name: string, to: Awaited & { readonly host: string }): Promise<void>;
  /** Lets a guest go on that is held here after a move that came to nothing; else does nothing. */
  resume(name: string): Promise<void>;
  /** Ends what runs of a guest that belongs to another host now. Its disk is left as it is. */
  forget(name: string): Promise<void>;
  /**
   * Plugs something in while the guest runs.
   * @returns what there is now, in words; of a disk, the name that the guest has for it
   * @throws Error with the words of guest or hypervisor that refuses
   */
  plug(name: string, change: Change): Promise<string>;
  unplug(name: string, change: Change): Promise<string>;
  /** Ends all that runs, at once. @throws Error if something may still run */
  endAll?(): Promise<void>;
  /** The agent ends: lets go of everything that need not end with it. */
  close?(): void;
}
