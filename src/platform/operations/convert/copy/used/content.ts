import type { Range } from '../ranges.ts';
import type { ReadDisk } from './read-disk.ts';

/** What is known of a part of a disk. */
export interface Content {
  /** `ext`, `swap`, …; `unknown` where all of it is taken as used. */
  kind: string;
  /** Parts that hold nothing, from its begin. */
  free: Range[];
  /** Why all of it is taken as used. */
  doubt?: string;
}

/**
 * Looks whether a part of a disk is of one kind, and what of it is free.
 * @param bytes of the part
 * @returns undefined if it is of another kind
 */
export type LookInto = (read: ReadDisk, bytes: number) => Promise<Content | undefined>;
