import type { GuestShape, GuestState } from '../wire/messages/kinds.ts';

/** Where a guest is awaited that is moved here. */
export interface Awaited {
  /** `host:port` */
  readonly address: string;
  /** Whatever the other end has to know besides. */
  readonly note?: string | undefined;
}

/**
 * What runs guests on one host. Each call resolves when it is done; one that rejects has left the guest
 * as it was before, or says in its message what it could not bring back.
 */
export interface GuestRunner {
  readonly hypervisor: string;
  /** Every guest that is there, by name. */
  list(): Promise<ReadonlyMap<string, GuestState>>;
  /** Creates a guest and starts it. */
  create(name: string, shape: GuestShape): Promise<void>;
  start(name: string, shape: GuestShape): Promise<void>;
  stop(name: string): Promise<void>;
  /** Takes a guest away with its disk; one that is not there is gone already. */
  remove(name: string): Promise<void>;
  /** Makes a place for a guest that is moved here. */
  receive(name: string, shape: GuestShape): Promise<Awaited>;
  /** Takes such a place away; one that is not there is gone already. */
  discard(name: string): Promise<void>;
  /** Moves a guest to where it is awaited; it runs there then, and is gone here. */
  send(name: string, to: Awaited & { readonly host: string }): Promise<void>;
}
