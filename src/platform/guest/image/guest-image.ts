import type { GuestSpec } from '../../hypervisor/hypervisor.ts';

/** What guests of a run are made from, whatever kind of image it is. */
export interface GuestImage {
  /** Changes when anything in it changes. */
  key: string;
  /** The system's disk. */
  disk: { path: string; format: 'raw' | 'qcow2' };
  /** Bytes of that disk; what a measurement needs is put behind them. */
  diskSize: number;
  /** A kernel given from outside; absent: the disk boots itself. */
  kernel?: NonNullable<GuestSpec['kernel']>;
  /** The path of a read-only disk that the guest reads once when it boots. */
  seed?: string;
  versions: Record<string, string>;
}
