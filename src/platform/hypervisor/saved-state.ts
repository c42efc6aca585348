import type { Host } from '../remote/host.ts';
import type { Guest, GuestSpec } from './hypervisor.ts';

/**
 * How a saved state lies in its file. stream: as it would go to a migration's target, through a
 * program or, where QEMU can, straight to the file. mapped: every page at a place of its own
 * (`mapped-ram`), so that loading need not read in order.
 */
export type StateForm = 'piped stream' | 'stream' | 'mapped';

/** Memory and devices of a guest at one moment, in a file; its disk at that moment lies elsewhere. */
export interface SavedState {
  /** Path on the host. */
  path: string;
  form: StateForm;
  /** Machine type with its version: another QEMU may mean a newer one by the short name. */
  machineType: string;
  /** Bytes of the file. */
  bytes: number;
}

/** How guests are saved and restored, for hypervisors that can restore several from one state. */
export interface StateBackend {
  /**
   * How states are saved, in words for the record: `a stream by exec:cat; mapped-ram is unavailable: …`.
   * @param versions of the hypervisor, as it tells them
   */
  describe(versions: Readonly<Record<string, string>>): string;
  /**
   * Holds the guest's CPUs and writes its state; the guest is only good to be ended afterwards, and
   * its disk fits the state. The file is on stable storage then.
   * @throws Error with the hypervisor's own words, or those of the system: no space left
   */
  save(guest: Guest, path: string, signal: AbortSignal): Promise<SavedState>;
  /**
   * Starts what will be the guest; resolves when its monitor has answered, with nothing loaded. The
   * spec has the machine of the saved guest; name, MAC, disk and address are its own.
   * @throws Error with the hypervisor's own words if it does not start
   */
  launch(host: Host, spec: GuestSpec, state: SavedState): Promise<Guest>;
  /**
   * Loads the state; the CPUs are held.
   * @throws Error with the hypervisor's own words; the guest may have ended then
   */
  load(guest: Guest, state: SavedState, signal: AbortSignal): Promise<void>;
}
