import type { FailMode } from './fail-mode.ts';
import { pairStep } from './pair-step.ts';
import * as score from './score.ts';
import type { GanetiInstance, GanetiState } from './state.ts';
import type { Sums } from './sums.ts';

/** Columns that both nodes of an instance change alike. */
const pairColumns = [score.diskAt, score.diskLoadAt, score.spindlesAt];

/** The best pair of nodes for one more instance, over the primaries that it is asked about. */
export class PairSearch {
  nodes: { readonly primary: number; readonly secondary: number } | undefined;
  private best = Infinity;
  /** Why each kind of node cannot be secondary, where it keeps nothing yet for the primary. */
  private readonly faults: (FailMode | undefined)[] = [];
  /** The kept memory's part of the score for each kind, where it keeps nothing yet for the primary. */
  private readonly kept: Float64Array;
  /** The primary for which a kind was last asked. */
  private readonly asked: Int32Array;
  /** The part of the score that a pair of kinds of nodes gives; NaN: not asked for yet. */
  private readonly pairs: Float64Array;
  private readonly kinds: ReturnType<Sums['kinds']>;
  private readonly state: GanetiState;
  private readonly instance: GanetiInstance;
  private readonly sums: Sums;
  private readonly failures: Record<FailMode, number>;

  constructor(
    state: GanetiState,
    instance: GanetiInstance,
    sums: Sums,
    kinds: ReturnType<Sums['kinds']>,
    failures: Record<FailMode, number>,
  ) {
    this.state = state;
    this.instance = instance;
    this.sums = sums;
    this.kinds = kinds;
    this.failures = failures;
    this.kept = new Float64Array(kinds.count);
    this.asked = new Int32Array(kinds.count).fill(-1);
    this.pairs = new Float64Array(kinds.count * kinds.count).fill(NaN);
    const need = instance.kept;
    for (let kind = 0; kind < kinds.count; kind++) {
      const node = kinds.of.indexOf(kind);
      this.faults[kind] = secondaryFault(state, instance, node) ?? this.keptFault(node, need);
      this.kept[kind] = this.keptScore(node, need);
    }
  }

  /** The instance on this node alone. */
  alone(primary: number, own: number) {
    this.offer(own + this.pairScore(primary, -1), primary, -1);
  }

  /** Every secondary for this primary; `own`: the part of the score that depends on it alone. */
  partners(primary: number, own: number) {
    const { state, faults, failures, kept, kinds, asked, pairs } = this;
    const row = (kinds.of[primary] ?? 0) * kinds.count;
    for (let secondary = state.nodes - 1; secondary >= 0; secondary--) {
      if (secondary === primary || state.offline[secondary] === 1) continue;
      if (state.group[secondary] !== state.group[primary]) continue;
      const kind = kinds.of[secondary] ?? 0;
      const keeps = state.peer(secondary, primary);
      let fault = faults[kind];
      let part = kept[kind] ?? 0;
      if (keeps > 0) {
        const need = keeps + this.instance.kept;
        fault ??= this.keptFault(secondary, need);
        part = this.keptScore(secondary, need);
      }
      if (fault !== undefined) {
        failures[fault]++;
        continue;
      }
      if (keeps === 0) {
        // All others of a kind score the same, and the first of equals is taken.
        if (asked[kind] === primary) continue;
        asked[kind] = primary;
      }
      const pair = row + kind;
      let both = pairs[pair] ?? NaN;
      if (both !== both) pairs[pair] = both = this.pairScore(primary, secondary);
      const value = own + part + both;
      if (value < this.best) this.offer(value, primary, secondary);
    }
  }

  private offer(value: number, primary: number, secondary: number) {
    if (!(value < this.best)) return;
    this.best = value;
    this.nodes = { primary, secondary };
  }

  private keptFault(node: number, need: number): FailMode | undefined {
    const { state } = this;
    const kept = Math.max(state.at(state.keptMemory, node), need);
    return state.at(state.freeMemory, node) <= kept && state.failsN1[node] === 0
      ? 'memory'
      : undefined;
  }

  private keptScore(node: number, need: number): number {
    const { state, sums } = this;
    const before = state.at(state.keptMemory, node);
    const step = (Math.max(before, need) - before) / state.at(state.totalMemory, node);
    const growth = sums.growth(node, score.reservedAt, step);
    return sums.spread(score.reservedAt, step, growth) + score.weights.reserved * step;
  }

  /** Secondary −1: there is none. */
  private pairScore(primary: number, secondary: number): number {
    const { state, instance, sums } = this;
    let total = 0;
    for (const column of pairColumns) {
      let step = pairStep(state, instance, column, primary);
      let growth = sums.growth(primary, column, step);
      if (secondary >= 0) {
        const other = pairStep(state, instance, column, secondary);
        step += other;
        growth += sums.growth(secondary, column, other);
      }
      total += sums.spread(column, step, growth);
    }
    return total;
  }
}

/** Why a node cannot be the secondary, whatever the primary is. */
function secondaryFault(
  state: GanetiState,
  instance: GanetiInstance,
  node: number,
): FailMode | undefined {
  if (state.at(state.freeDisk, node) - instance.disk <= 0) return 'disk';
  const spindles = state.at(state.usedSpindles, node) + instance.spindles;
  if (spindles > state.at(state.mostSpindles, node)) return 'disk';
  if (instance.kept >= state.at(state.freeMemory, node)) return 'memory';
  return undefined;
}
