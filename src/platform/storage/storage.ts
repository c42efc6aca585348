import type { Problem } from '../../base/errors.ts';
import type { Host } from '../remote/host.ts';
import type { Shell } from '../remote/shell.ts';
import type { Layout } from './layout.ts';

/** What was found where a storage is mounted. */
export interface StorageInspection {
  filesystem: string;
  /** Equal for two storages on one device. */
  device: string;
  /** Bytes that an ordinary user may still write, quota and failed targets considered. */
  free: number;
  directIo: boolean;
  /** Bytes to which O_DIRECT needs offsets and lengths aligned; absent where it is not known. */
  directAlignment?: number;
  reflink: boolean;
  /** Where files are spread over targets: those that files of the layout may use. */
  targets?: readonly StorageTarget[];
  /** Targets over which one file is striped; absent where files are not spread. */
  stripes?: number;
  /** What else belongs on record, name → text: `client version`, `mount options`, `network`, … */
  facts: Readonly<Record<string, string>>;
  /** What changes how results read: `OST0003 is inactive`. Sentences without a full stop. */
  warnings: readonly string[];
}

/** One of the servers' devices over which files are spread; `free` in bytes. */
export interface StorageTarget {
  name: string;
  free: number;
}

/** How files of a storage are laid out over its targets, where we may decide. */
export interface LayoutControl {
  /**
   * Makes `layout` the default of an empty directory, and proves by a file made there that it is what
   * files get.
   * @throws UserError if it cannot be had, or comes out as another: fewer stripes than asked for, …
   */
  set(shell: Shell, directory: string, layout: Layout): Promise<void>;
  /** In what the layout of a file is not what was asked for; undefined where it is. */
  difference(shell: Shell, file: string, layout: Layout): Promise<string | undefined>;
}

/** How the mounts of two hosts differ. */
export interface MountDifferences {
  /** Why they are not one file system, or not one on which guests' disks are safe. */
  problems: readonly Problem[];
  /** What makes the hosts unequal: other versions, other options. Sentences without a full stop. */
  warnings: readonly string[];
}

/** What a client of a storage has counted since it was mounted, name → number; bytes, counts, seconds. */
export type StorageCounters = Readonly<Record<string, number>>;

/** One kind of storage for guests' disks. */
export interface StorageBackend {
  readonly kind: string;
  /** What tables and pictures call it. */
  readonly label: string;
  /** Set where it stands in for another kind: what it really is. */
  readonly standIn?: string;
  /** Set where the files of one host are not seen by the others. */
  readonly ofOneHost?: true;
  /** Set where servers of their own cache the data, out of reach of `dropCaches`. */
  readonly cachedByServers?: true;
  /**
   * @param directory an empty directory on the storage, to try things in; with its layout set
   * @throws UserError if it is not on a storage of this kind
   */
  inspect(shell: Shell, directory: string): Promise<StorageInspection>;
  /**
   * How what two hosts have mounted differs, beyond what a token file shows. Also whether locks of one
   * are seen by the other, where the kind needs more than the general test by QEMU's own locks.
   */
  compareHosts?(first: Host, other: Host, directory: string): Promise<MountDifferences>;
  /** Absent where files have no layout that we could set. */
  readonly layouts?: LayoutControl;
  /** Counters of the client on this host; empty where none can be read. */
  counters?(shell: Shell, directory: string): Promise<StorageCounters>;
  /**
   * Drops what this client holds of a file: pages, locks.
   * @returns what was not permitted or is out of reach, in words; undefined if all is dropped
   */
  dropCaches?(shell: Shell, file: string): Promise<string | undefined>;
}
