import type { Shell } from '../remote/shell.ts';

/** What was found where a storage is mounted. */
export interface StorageInspection {
  filesystem: string;
  /** Equal for two storages on one device. */
  device: string;
  /** Bytes that an ordinary user may still write. */
  free: number;
  directIo: boolean;
  reflink: boolean;
}

/** One kind of storage for guests' disks. */
export interface StorageBackend {
  readonly kind: string;
  /** What tables and pictures call it. */
  readonly label: string;
  /** Set where it stands in for another kind: what it really is. */
  readonly standIn?: string;
  /** Set where the files of one host are not seen by the others. */
  readonly ofOneHost?: true;
  /** @param directory an empty directory on the storage, to try things in */
  inspect(shell: Shell, directory: string): Promise<StorageInspection>;
}
