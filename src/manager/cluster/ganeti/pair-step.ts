import * as score from './score.ts';
import type { GanetiInstance, GanetiState } from './state.ts';

/** By how much an instance changes a value that it has on both its nodes. */
export function pairStep(
  state: GanetiState,
  instance: GanetiInstance,
  column: number,
  node: number,
): number {
  if (column === score.diskLoadAt) return 1;
  if (!instance.local) return 0;
  if (column === score.spindlesAt) return instance.spindles / state.at(state.mostSpindles, node);
  const total = state.at(state.totalDisk, node);
  return total === 0 ? 0 : -instance.disk / total;
}
