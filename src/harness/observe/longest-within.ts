import { largest } from '../../base/stats/largest.ts';
import type { Span, Trace } from './observer.ts';

/**
 * The longest stretch without a good sign in a window, in seconds, cut to it: for floors, which must
 * not take in what comes right before or after.
 */
export function longestWithin(trace: Pick<Trace, 'gaps'>, window: Span): number {
  return Math.max(0, largest(trace.gaps(window, 0).map(({ from, to }) => to - from)));
}
