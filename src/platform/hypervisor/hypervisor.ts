import type { GuestControl } from '../guest/control/control.ts';
import type { Console } from '../guest/console.ts';
import type { Shell } from '../remote/shell.ts';
import type { Clock } from '../../base/clock.ts';

export type AcceleratorName = 'kvm' | 'tcg';

/** A disk of a guest; sizes in bytes. */
export interface DiskSpec {
  /** Path on the host. */
  path: string;
  format: 'raw' | 'qcow2';
  cache: 'none' | 'writeback' | 'writethrough' | 'directsync' | 'unsafe';
  aio: 'threads' | 'native' | 'io_uring';
  iothread: boolean;
  queues: number;
}

/** What a guest shall be, in no hypervisor's words. */
export interface GuestSpec {
  name: string;
  machine: 'pc' | 'q35';
  cpu: string;
  accelerator: AcceleratorName;
  vcpus: number;
  /** Bytes. */
  memory: number;
  hugepages: boolean;
  /** Host CPUs for the vCPUs, in turn; empty: not pinned. */
  pin: readonly number[];
  disk: DiskSpec;
  /** Disks that are only read: the seed of a cloud image. */
  seed?: string;
  /** A kernel given from outside; absent: the disk boots itself. */
  kernel?: { image: string; initramfs: string; commandLine: string };
  network: { kind: 'user' } | { kind: 'bridge'; bridge: string };
  /** `52:54:00:…` */
  mac: string;
  /** For sockets and logs, on the host; it exists and is the caller's to remove. */
  directory: string;
  /** Carried by every process of the guest, so that the ledger finds it. */
  environment: Readonly<Record<string, string>>;
}

/** Where a port of the guest is reached from the controller. */
export interface ServiceAddress {
  host: string;
  port: number;
}

/** A guest that has a monitor. */
export interface Guest {
  readonly spec: GuestSpec;
  readonly pid: number;
  readonly console: Console;
  /** File with all that the console said. */
  readonly consoleLog: string;
  readonly control: GuestControl;
  /** Where the guest's service is reached. */
  readonly service: { udp: ServiceAddress; http: ServiceAddress };
  /**
   * Settles when the hypervisor's process is gone; the text says why, from its own output.
   * Never rejects.
   */
  readonly gone: Promise<string>;
  /**
   * Stamps that the hypervisor itself made, in seconds on our clock: `running` (the CPUs were let
   * go) and `console` (the guest wrote its first byte). Absent until it happened, or where the
   * hypervisor does not tell.
   */
  readonly stamps: { running?: number; console?: number };
  /** What went wrong under the guest, in words: `a write on its disk failed: …`. */
  readonly faults: readonly string[];
  /** Lets the CPUs go. */
  resume(): Promise<void>;
  /** Ends it at once, without asking the guest; resolves when its process is gone. */
  destroy(): Promise<void>;
}

/** One backend that runs guests. */
export interface Hypervisor {
  readonly name: string;
  /** Program → version, as the tools on the host print it. */
  versions(shell: Shell): Promise<Record<string, string>>;
  /**
   * Starts a guest with its CPUs held; resolves when the monitor has answered.
   * @throws Error with the hypervisor's own words if it does not start
   */
  launch(shell: Shell, clock: Clock, spec: GuestSpec): Promise<Guest>;
}
