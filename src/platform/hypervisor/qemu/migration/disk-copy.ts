import type { MigrationEvent } from '../../migration.ts';

type Figures = NonNullable<MigrationEvent['figures']>;

/** The disk of a guest, brought to the target while the guest runs. */
export interface DiskCopy {
  /** Name of the NBD client among the source's block nodes, for `yank`. */
  readonly node: string;
  /**
   * Copies until all of the disk is on the target and changes follow.
   * @param onLook gets bytes done and to do, as long as `going` says so
   * @throws Error in QEMU's words if the copy fails or nothing moves
   */
  copy(going: () => boolean, onLook: (figures: Figures) => void): Promise<{ readyAt: number }>;
  /** With the guest stopped: the last changes go over, and the target has its disk to itself. */
  finish(): Promise<void>;
  /** Removes what of it is on the source, whatever state it is in. Never rejects. */
  drop(): Promise<void>;
}
