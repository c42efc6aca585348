import type { Clock } from '../../base/clock.ts';
import type { HostEntry } from './inventory/schema.ts';
import type { Argv, Shell } from './shell.ts';

/** Our clock, as the stamps of one host are mapped to it. */
export interface HostClock extends Clock {
  /** Maps a stamp of the host's wall clock (seconds since 1970) onto `now()`. */
  fromWall(epochSeconds: number): number;
  /** How far off a mapped stamp may be, in seconds; 0 where the host shares our kernel. */
  readonly uncertainty: number;
  /** Fits the offset anew: before and after whatever is to be stamped. */
  refit(): Promise<void>;
}

/** A directory of a host on which guests' disks may lie. */
export interface HostStorage {
  /** Name of a storage backend. */
  kind: string;
  path: string;
  /** Bytes of memory of all its servers together, where the inventory tells. */
  serverMemory?: number | undefined;
}

/** A machine that runs guests. */
export interface Host {
  /** As the inventory names it. */
  readonly name: string;
  readonly shell: Shell;
  readonly clock: HostClock;
  /** Where other hosts reach it: for migration streams and mirrored disks. */
  readonly address: string;
  /** Bridge for the taps of guests; absent: guests have user networking. */
  readonly bridge?: string;
  /** libvirtd as other hosts reach it; `qemu+tcp://<address>/system` where absent. */
  readonly libvirtUri?: string;
  /**
   * Program by which another host runs a line for a shell on it, as root: its last argument is that line.
   * Absent: `ssh root@<address>`.
   */
  readonly login?: Argv;
  /** What runs guests there; absent: QEMU, alone or through libvirt. */
  readonly hypervisors?: readonly string[] | undefined;
  /** Whether it is itself a machine under software emulation, so that all that it runs is emulated. */
  readonly emulated?: boolean | undefined;
  /** Storage name → where it is. */
  readonly storages: Readonly<Record<string, HostStorage>>;
  /** Folder in which each run makes a work folder of its own; short, for paths of sockets. */
  readonly runtime: string;
  /** Folder for images and programs, kept from run to run; may not exist yet. */
  readonly cache: string;
  /** How a later process reaches it, for the ledger; absent, or without `ssh`: it is this machine. */
  readonly entry?: HostEntry;
}

const usualHypervisors: readonly string[] = ['qemu', 'libvirt'];

/** Whether a hypervisor runs guests on a host, as the inventory says. */
export function runs({ hypervisors = usualHypervisors }: Pick<Host, 'hypervisors'>, name: string) {
  return hypervisors.includes(name);
}
