import type { Span } from '../observer.ts';
import type { NetworkTrace } from './trace.ts';

/** What the probe saw of the requests that were due in a short stretch. */
export interface ProbeBin {
  /** Where it begins, in seconds on our clock. */
  at: number;
  /** The longest that an answer took from when its request was due, in seconds; absent: none came. */
  worst?: number;
  answered: number;
  unanswered: number;
}

/** The probe's latency over a window, for pictures; bins of `binSeconds` from its start. */
export function probeSeries(
  { requests: { due, answeredAt } }: Pick<NetworkTrace, 'requests'>,
  window: Span,
  binSeconds: number,
): ProbeBin[] {
  const count = Math.max(0, Math.ceil((window.to - window.from) / binSeconds));
  const bins = Array.from({ length: count }, (_, i): ProbeBin => ({
    at: window.from + i * binSeconds,
    answered: 0,
    unanswered: 0,
  }));
  due.forEach((dueAt, sequence) => {
    if (dueAt < window.from || dueAt >= window.to) return;
    const bin = bins[Math.min(count - 1, Math.floor((dueAt - window.from) / binSeconds))];
    if (bin === undefined) return;
    const latency = (answeredAt[sequence] ?? NaN) - dueAt;
    if (Number.isNaN(latency)) {
      bin.unanswered += 1;
      return;
    }
    bin.answered += 1;
    bin.worst = Math.max(bin.worst ?? 0, latency);
  });
  return bins;
}
