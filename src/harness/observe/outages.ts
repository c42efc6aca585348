import type { Span } from './observer.ts';

/** When good signs came while somebody watched, in seconds on our clock. */
export interface Signs {
  /** Ascending. */
  readonly at: Float64Array;
  /** Outside of it nothing is known. */
  readonly watched: Span;
}

/** @param times in any order, also repeated; those outside of `watched` are left out */
export function signsOf(times: Float64Array, watched: Span): Signs {
  const inside = times.filter((at) => at >= watched.from && at <= watched.to);
  return { at: inside.sort(), watched };
}

/**
 * The stretches without a good sign, cut to the window, that are longer than `threshold` seconds
 * then, in order of time. A stretch reaches from one sign to the next; the first and the last one
 * from and to where watching began and ended.
 */
export function gaps(signs: Signs, window: Span, threshold: number): Span[] {
  const found: Span[] = [];
  for (const stretch of stretches(signs, window)) {
    const from = Math.max(stretch.from, window.from);
    const to = Math.min(stretch.to, window.to);
    if (to - from > threshold) found.push({ from, to });
  }
  return found;
}

/**
 * The longest stretch without a good sign that touches the window, in seconds, not cut to it: an
 * outage is as long as it is wherever the window ends. 0 if none.
 */
export function longestGap(signs: Signs, window: Span): number {
  let longest = 0;
  for (const { from, to } of stretches(signs, window)) longest = Math.max(longest, to - from);
  return longest;
}

/** The stretches of which a part lies in the window. */
function* stretches({ at, watched }: Signs, window: Span): Generator<Span> {
  if (window.to <= window.from) return;
  for (let next = firstAbove(at, window.from); next <= at.length; next++) {
    const from = at[next - 1] ?? watched.from;
    const to = at[next] ?? watched.to;
    if (from >= window.to) return;
    if (to > from && to > window.from) yield { from, to };
  }
}

/** Index of the first value above a limit, in ascending values. */
function firstAbove(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? Infinity) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
