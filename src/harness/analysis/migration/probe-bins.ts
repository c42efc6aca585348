/** What the network observer's probes met in a short stretch of time. */
export interface ProbeBin {
  /** Its middle, in seconds. */
  at: number;
  /** Seconds of the slowest answer; absent where none came. */
  worst?: number;
  unanswered: number;
}

/** More points than these lie on top of one another. */
const mostBins = 450;

interface ProbeEvent {
  event: string;
  at: number;
  figures?: Readonly<Record<string, number>> | undefined;
}

/**
 * The bins between two moments, several taken together where there are too many to be told apart: the
 * slowest answer and all that were not answered remain visible.
 */
export function thinProbes(
  events: readonly ProbeEvent[],
  from: number,
  to: number,
): { probes: ProbeBin[]; binWidth: number } {
  const bins = events.filter(({ event, at }) => event === 'probe' && at >= from && at <= to);
  const recorded = bins[0]?.figures?.['bin'] ?? 0.02;
  const together = Math.max(1, Math.ceil((to - from) / recorded / mostBins));
  const binWidth = recorded * together;
  const merged = new Map<number, ProbeBin>();
  for (const { at, figures = {} } of bins) {
    const slot = Math.floor((at + recorded / 2) / binWidth);
    const bin = merged.get(slot) ?? { at: (slot + 0.5) * binWidth, unanswered: 0 };
    const { worst, answered = worst === undefined ? 0 : 1, unanswered = 0 } = figures;
    if (answered > 0 && worst !== undefined) bin.worst = Math.max(bin.worst ?? 0, worst);
    bin.unanswered += unanswered;
    merged.set(slot, bin);
  }
  return { probes: [...merged.values()], binWidth };
}
