import type { Span, Trace } from '../observer.ts';
import { dueNanoseconds } from '../network/recording.ts';
import type { LoadRecording } from './recording.ts';

/** All requests of the load, by their number; seconds on our clock. */
export interface LoadRequests {
  readonly due: Float64Array;
  /** When the first good answer had begun to come, and was complete; NaN: none came. */
  readonly firstByteAt: Float64Array;
  readonly answeredAt: Float64Array;
}

/** What clients of the guest's web service saw. An answer is a complete one with status 200. */
export interface LoadTrace {
  readonly requests: LoadRequests;
  /** Requests a second. */
  readonly rate: number;
  /** Seconds after which a request was given up. */
  readonly timeout: number;
  /** Why requests were not answered, and by how many targets each time. */
  readonly failures: ReadonlyMap<string, number>;
  /**
   * A percentile of the latency of the requests due in the window, in seconds, counted from when
   * they were due, so that a client that had to wait to ask is not left out (no coordinated
   * omission). Nearest rank: the smallest latency that at least `percent` of the requests keep. A
   * request without an answer has an infinite one. NaN if none was due.
   */
  latencyPercentile(window: Span, percent: number): number;
  /**
   * Seconds of work lost: the requests due in the window that were not answered within `limit`
   * seconds, divided by the rate.
   */
  lostWork(window: Span, limit: number): number;
  /** What was watched: from when the first request was due to the last. */
  readonly watched: Span;
  readonly raw: Trace['raw'];
  /** What speaks against trusting it, in words. */
  readonly warnings: readonly string[];
}

/** What our own machine could not do: says nothing of the guest. */
const ownFailures = ['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'];

/** @param fromWall maps the host's wall clock onto ours */
export function loadTrace(
  recording: LoadRecording,
  fromWall: (epochSeconds: number) => number,
  raw: Trace['raw'] = [],
): LoadTrace {
  const { origin, rate, timeout, requests: count, complete } = recording;
  const ours = (nanoseconds: number) => fromWall(origin + nanoseconds / 1e9);
  const due = Float64Array.from({ length: count }, (_, i) => ours(dueNanoseconds(i, rate)));
  const firstByteAt = new Float64Array(count).fill(NaN);
  const answeredAt = new Float64Array(count).fill(NaN);
  for (const response of recording.responses) {
    const { sequence } = response;
    const at = ours(response.completeAt);
    if (response.status !== 200 || at >= (answeredAt[sequence] ?? -Infinity)) continue;
    answeredAt[sequence] = at;
    firstByteAt[sequence] = ours(response.firstByteAt);
  }
  const failures = new Map<string, number>();
  const fail = (reason: string) => failures.set(reason, (failures.get(reason) ?? 0) + 1);
  for (const { reason } of recording.failures) fail(reason);
  for (const { status } of recording.responses) if (status !== 200) fail(`status ${status}`);

  const requests = { due, firstByteAt, answeredAt };
  return {
    ...{ requests, rate, timeout, failures, raw, ...figuresOf(requests, rate) },
    watched: { from: due[0] ?? ours(0), to: due[count - 1] ?? ours(0) },
    warnings: [
      ...(complete ? [] : ['HTTP load: it ended early, its last records are missing']),
      ...ownFailures.flatMap((reason) => {
        const times = failures.get(reason);
        return times === undefined
          ? []
          : [`HTTP load: its own host failed ${times} times: ${reason}`];
      }),
    ],
  };
}

/** What all requests together say. */
export function figuresOf(
  { due, answeredAt }: LoadRequests,
  rate: number,
): Pick<LoadTrace, 'latencyPercentile' | 'lostWork'> {
  const latencies = (window: Span): Float64Array => {
    const inside = [...due.keys()].filter((i) => {
      const at = due[i] ?? NaN;
      return at >= window.from && at < window.to;
    });
    return Float64Array.from(inside, (i) => {
      const latency = (answeredAt[i] ?? NaN) - (due[i] ?? NaN);
      return Number.isNaN(latency) ? Infinity : latency;
    });
  };
  return {
    latencyPercentile(window, percent) {
      const sorted = latencies(window).sort();
      const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
      return sorted[rank - 1] ?? NaN;
    },
    lostWork: (window, limit) =>
      latencies(window).filter((latency) => !(latency <= limit)).length / rate,
  };
}
