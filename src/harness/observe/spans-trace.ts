import type { Span, Trace } from './observer.ts';

/** A trace of stretches that were observed as such, in order of time. */
export function spansTrace(
  spans: readonly Span[],
  resolution: number,
  raw: Trace['raw'] = [],
): Trace {
  const touching = (window: Span) =>
    spans.filter(({ from, to }) => to > window.from && from < window.to);
  return {
    gaps: (window, threshold) =>
      touching(window)
        .map(({ from, to }) => ({
          from: Math.max(from, window.from),
          to: Math.min(to, window.to),
        }))
        .filter(({ from, to }) => to - from > threshold),
    longest: (window) => Math.max(0, ...touching(window).map(({ from, to }) => to - from)),
    resolution,
    raw,
  };
}
