import type { Random } from '../../../base/stats/random.ts';

/** How a pause is made: the guest's CPUs are held, or its link on the host is down. */
export type PauseKind = 'stop' | 'cut';

export interface PlannedPause {
  kind: PauseKind;
  /** Seconds. */
  length: number;
}

/**
 * Every length so many times by every kind, in blocks that hold each once, each block in random
 * order: what drifts meanwhile falls on all alike.
 */
export function planPauses(
  kinds: readonly PauseKind[],
  lengths: readonly number[],
  times: number,
  random: Random,
): PlannedPause[] {
  const block = kinds.flatMap((kind) => lengths.map((length) => ({ kind, length })));
  return Array.from({ length: times }, () => random.shuffle(block)).flat();
}
