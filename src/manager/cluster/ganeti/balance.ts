import { MoveSearch, type MoveRules } from './best-move.ts';
import type { GanetiMove } from './moves.ts';
import { ganetiScore } from './score.ts';
import type { GanetiState } from './state.ts';
import { Sums } from './sums.ts';

export interface BalanceRules extends MoveRules {
  /** Most moves. Default: as many as help. */
  readonly limit?: number;
  /** Ends where a move gains less than this, once the score is below `gainLimit`. As in hbal. */
  readonly gain?: number;
  readonly gainLimit?: number;
}

export interface Balance {
  readonly before: number;
  readonly after: number;
  readonly moves: readonly GanetiMove[];
}

/**
 * Lowers the cluster's score move by move, each time by the one that lowers it most, until none does: as
 * hbal (src/Ganeti/HTools/Cluster.hs, tryBalance). Changes the state.
 */
export function balance(
  state: GanetiState,
  { diskMoves, limit = Infinity, gain = 0.01, gainLimit = 0.1 }: BalanceRules,
): Balance {
  const sums = new Sums(state);
  const search = new MoveSearch(state, sums);
  const before = ganetiScore(state);
  const moves: GanetiMove[] = [];
  let now = before;
  while (moves.length < limit) {
    const move = search.run(now, { diskMoves });
    if (move === undefined) break;
    if (now <= gainLimit && now - move.score < gain) break;
    const touched = [state.primary[move.instance], state.secondary[move.instance]];
    const from = touched.map((node) => node ?? -1);
    state.move(move.instance, move.primary, move.secondary);
    for (const node of [...from, move.primary, move.secondary]) if (node >= 0) sums.update(node);
    // By its own formula, not by sums: what rounding adds up to must not decide that a move helps.
    const after = ganetiScore(state);
    if (after >= now) {
      state.move(move.instance, from[0] ?? -1, from[1] ?? -1);
      break;
    }
    now = after;
    moves.push({ ...move, score: after });
  }
  return { before, after: now, moves };
}
