import type { Span } from '../../observe/observer.ts';
import type { LoadRequests } from '../../observe/http/index.ts';

/** What clients saw of a service in one second, by when their requests were due. */
export interface Second {
  /** Start, in seconds on our clock. */
  at: number;
  /** Requests a second. */
  offered: number;
  /** Answered well and in time, a second. */
  good: number;
}

/** Joins requests of loads on one service. */
export function together(loads: readonly Pick<LoadRequests, 'due' | 'answeredAt'>[]): Request[] {
  return loads
    .flatMap(({ due, answeredAt }) =>
      Array.from(due, (at, index) => ({ due: at, latency: (answeredAt[index] ?? NaN) - at })),
    )
    .map(({ due, latency }) => ({ due, latency: Number.isNaN(latency) ? Infinity : latency }))
    .sort((a, b) => a.due - b.due);
}

/** One request: when it was due, and how long its answer took; Infinity: none came. */
export interface Request {
  due: number;
  latency: number;
}

export function inside(requests: readonly Request[], { from, to }: Span): Request[] {
  return requests.filter(({ due }) => due >= from && due < to);
}

/** Requests a second that were answered within `limit` seconds. */
export function goodput(requests: readonly Request[], window: Span, limit: number): number {
  const good = inside(requests, window).filter(({ latency }) => latency <= limit);
  return good.length / (window.to - window.from);
}

/** By nearest rank; Infinity if so many were not answered, NaN if there were none. */
export function latencyPercentile(
  requests: readonly Request[],
  window: Span,
  percent: number,
): number {
  const sorted = Float64Array.from(inside(requests, window), ({ latency }) => latency).sort();
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? NaN;
}

/** Second by second. */
export function seconds(requests: readonly Request[], { from, to }: Span, limit: number): Second[] {
  const count = Math.floor(to - from);
  return Array.from({ length: count }, (_, index) => {
    const window = { from: from + index, to: from + index + 1 };
    const offered = inside(requests, window).length;
    return { at: window.from, offered, good: goodput(requests, window, limit) };
  });
}

/** Share of the requests that must be answered well for a service to be relieved. */
export const relievedShare = 0.95;
/** Seconds for which it must last. */
export const relievedFor = 3;

/**
 * Seconds from the start of the overload until from then on, for three seconds at least, 95 % of the
 * requests were answered well; 0 where it was never felt, undefined where it was never relieved.
 */
export function timeToRelief(all: readonly Second[], overload: Span): number | undefined {
  const during = all.filter(({ at }) => at >= overload.from && at + 1 <= overload.to);
  const well = during.map(({ offered, good }) => good >= relievedShare * offered);
  for (let index = 0; index + relievedFor <= well.length; index++) {
    if (well.slice(index, index + relievedFor).every(Boolean)) {
      return (during[index]?.at ?? NaN) - overload.from;
    }
  }
  return undefined;
}
