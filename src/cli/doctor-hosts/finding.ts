import type { Problem } from '../../base/errors.ts';

/** One line of what a host is like. */
export interface Finding {
  topic: string;
  text: string;
  /** What keeps trials from running there. */
  problem?: Problem;
  /** What to think of: it does not keep anything from running. */
  advice?: string;
}
