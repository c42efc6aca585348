import { pairStep } from './pair-step.ts';
import type { GanetiMove, MoveKind } from './moves.ts';
import * as score from './score.ts';
import type { GanetiInstance, GanetiState } from './state.ts';
import type { Sums } from './sums.ts';

export interface MoveRules {
  /** Whether disks may be copied to other nodes; else only failovers. */
  readonly diskMoves: boolean;
}

/**
 * The moves of one instance, each valued by the score that the cluster would have. What a move changes
 * falls into three: the primary's (where does it run?), the disk's (which pair of nodes holds it?) and
 * the kept memory's; the first two are the same for several moves and computed once.
 */
export class MoveSearch {
  private readonly state: GanetiState;
  private readonly sums: Sums;
  private best: GanetiMove | undefined;
  private lowest: number;

  constructor(state: GanetiState, sums: Sums) {
    this.state = state;
    this.sums = sums;
    this.lowest = Infinity;
  }

  /** The move with the lowest score below `limit`, of equals the first; undefined: none. */
  run(limit: number, { diskMoves }: MoveRules): GanetiMove | undefined {
    this.best = undefined;
    this.lowest = limit;
    for (const [index, instance] of this.state.instances.entries()) {
      if (!instance.movable) continue;
      if (instance.mobility === 'two') this.searchTwo(index, instance, diskMoves);
      else if (instance.mobility === 'any' && diskMoves) this.searchAny(index, instance);
    }
    return this.best;
  }

  private offer(index: number, kind: MoveKind, primary: number, secondary: number, value: number) {
    if (!(value < this.lowest)) return;
    this.lowest = value;
    this.best = { instance: index, kind, primary, secondary, score: value };
  }

  private searchAny(index: number, instance: GanetiInstance) {
    const { state } = this;
    const from = state.primary[index] ?? 0;
    const rest = this.constants(index, from, -1);
    for (let to = 0; to < state.nodes; to++) {
      if (to === from || state.offline[to] === 1 || state.group[to] !== state.group[from]) continue;
      const forced = state.offline[from] === 1;
      if (!canRun(state, instance, to, 0, state.at(state.keptMemory, to), forced)) continue;
      const disk = this.pairSpreads(instance, from, to);
      const value = rest + this.primarySpreads(instance, from, to) + disk + this.keptSpread([]);
      this.offer(index, 'failover-to-any', to, -1, value + this.tags(instance, from, to));
    }
  }

  private searchTwo(index: number, instance: GanetiInstance, diskMoves: boolean) {
    const { state } = this;
    const p = state.primary[index] ?? 0;
    const s = state.secondary[index] ?? 0;
    if (state.group[p] !== state.group[s]) return;
    const kept = (node: number) => state.at(state.keptMemory, node);
    const forcedP = state.offline[p] === 1;
    const forcedS = state.offline[s] === 1;
    const sKept = state.keptWithout(s, p, instance.kept);
    const sOnline = state.offline[s] === 0;
    const rest = this.constants(index, p, s);
    const losesKept: Change = [s, sKept];
    // A node that is offline may stay secondary, or even primary, but that costs.
    const pOffline = forcedP ? score.weights.offline : 0;
    const onS = sOnline && canRun(state, instance, s, 1, sKept, forcedP);
    const sRuns = onS ? this.primarySpreads(instance, p, s) + this.tags(instance, p, s) : 0;
    const pKept = Math.max(kept(p), state.peer(p, s) + instance.kept);
    if (onS && canKeep(state, instance, p, pKept, 1, 1, false)) {
      const value = rest + sRuns + pOffline + this.pairSpreads(instance, -1, -1);
      this.offer(index, 'failover', s, p, value + this.keptSpread([losesKept, [p, pKept]]));
    }
    if (!diskMoves) return;
    const pStays = this.primarySpreads(instance, -1, -1);
    for (let t = 0; t < state.nodes; t++) {
      if (t === p || t === s || state.offline[t] === 1 || state.group[t] !== state.group[p])
        continue;
      const tRuns = canRun(state, instance, t, 0, kept(t), false);
      const tForced = forcedP && canRun(state, instance, t, 0, kept(t), true);
      // Its disks on p and t.
      const disksPT = this.pairSpreads(instance, s, t);
      const tKeptP = Math.max(kept(t), state.peer(t, p) + instance.kept);
      if (canKeep(state, instance, t, tKeptP, 0, 0, forcedS)) {
        const value =
          rest +
          pStays +
          (forcedP ? stranded : 0) +
          disksPT +
          this.keptSpread([losesKept, [t, tKeptP]]);
        this.offer(index, 'replace-secondary', p, t, value);
      }
      const tPrimary =
        tRuns || tForced ? this.primarySpreads(instance, p, t) + this.tags(instance, p, t) : 0;
      const pKeptT = Math.max(kept(p), state.peer(p, t) + instance.kept);
      if (sOnline || forcedS) {
        if (tRuns && canKeep(state, instance, p, pKeptT, 1, 1, forcedS)) {
          const value =
            rest + tPrimary + pOffline + disksPT + this.keptSpread([losesKept, [p, pKeptT]]);
          this.offer(index, 'replace-and-failover', t, p, value);
        }
      }
      if (!onS) continue;
      // Its disks on s and t.
      const disksST = this.pairSpreads(instance, p, t);
      const sKeptT = Math.max(sKept, state.peer(s, t) + instance.kept);
      if ((tRuns || tForced) && canKeep(state, instance, s, sKeptT, 1, 0, forcedP)) {
        const value = rest + tPrimary + disksST + this.keptSpread([[s, sKeptT]]);
        this.offer(index, 'replace-primary', t, s, value);
      }
      const tKeptS = Math.max(kept(t), state.peer(t, s) + instance.kept);
      if (canKeep(state, instance, t, tKeptS, 0, 0, forcedP)) {
        const value = rest + sRuns + disksST + this.keptSpread([losesKept, [t, tKeptS]]);
        this.offer(index, 'failover-and-replace', s, t, value);
      }
    }
  }

  /** What no move of the instance to nodes that are online and keep N+1 changes. */
  private constants(index: number, p: number, s: number): number {
    const { state } = this;
    let total = 0;
    for (let node = 0; node < state.nodes; node++) {
      const primaries = state.at(state.primaries, node) - (node === p ? 1 : 0);
      const instances = primaries + state.at(state.secondaries, node) - (node === s ? 1 : 0);
      if (state.offline[node] === 1) {
        total += score.weights.offline * instances + score.weights.offlinePrimary * primaries;
        continue;
      }
      if (state.failsN1[node] === 1)
        total += score.weights.n1 * (instances + (node === p || node === s ? 1 : 0));
      for (const count of state.exclusive[node]?.values() ?? []) {
        if (count > 1) total += score.weights.tags * (count - 1);
      }
      total +=
        score.weights.reserved *
        (state.at(state.keptMemory, node) / state.at(state.totalMemory, node));
    }
    return index < 0 ? 0 : total;
  }

  /** Conflicts of tags that go with the instance, or that it makes where it is forced to go. */
  private tags({ exclusive }: GanetiInstance, from: number, to: number): number {
    if (exclusive.length === 0) return 0;
    const { state } = this;
    let total = 0;
    for (const tag of exclusive) {
      const there = state.exclusive[to]?.get(tag) ?? 0;
      const here = state.exclusive[from]?.get(tag) ?? 0;
      if (state.offline[to] === 0 && there > 0) total += score.weights.tags;
      if (state.offline[from] === 0 && here > 1) total -= score.weights.tags;
    }
    return total;
  }

  /** Spreads by where it runs; from −1: it stays. */
  private primarySpreads(instance: GanetiInstance, from: number, to: number): number {
    const { state, sums } = this;
    let total = 0;
    for (const column of [score.memoryAt, score.cpuAt, score.loadAt]) {
      let step = 0;
      let growth = 0;
      for (const [node, sign] of from < 0
        ? []
        : ([
            [from, -1],
            [to, 1],
          ] as const)) {
        if (state.offline[node] === 1) continue;
        const one = sign * primaryStep(state, instance, column, node);
        step += one;
        growth += sums.growth(node, column, one);
      }
      total += (score.spreadWeights[column] ?? 0) * sums.spread(column, step, growth);
    }
    return total;
  }

  /** Spreads by which nodes hold its disk: one leaves, one comes; −1: they stay. */
  private pairSpreads(instance: GanetiInstance, leaves: number, comes: number): number {
    const { state, sums } = this;
    let total = 0;
    for (const column of [score.diskAt, score.diskLoadAt, score.spindlesAt]) {
      let step = 0;
      let growth = 0;
      for (const [node, sign] of leaves < 0
        ? []
        : ([
            [leaves, -1],
            [comes, 1],
          ] as const)) {
        if (state.offline[node] === 1) continue;
        const one = sign * pairStep(state, instance, column, node);
        step += one;
        growth += sums.growth(node, column, one);
      }
      total += sums.spread(column, step, growth);
    }
    return total;
  }

  /** Spread and sum of kept memory, where some nodes keep another amount. */
  private keptSpread(changes: readonly Change[]): number {
    const { state, sums } = this;
    let step = 0;
    let growth = 0;
    for (const [node, kept] of changes) {
      if (state.offline[node] === 1) continue;
      const one = (kept - state.at(state.keptMemory, node)) / state.at(state.totalMemory, node);
      step += one;
      growth += sums.growth(node, score.reservedAt, one);
    }
    return sums.spread(score.reservedAt, step, growth) + score.weights.reserved * step;
  }
}

/** What an instance costs whose primary is offline. */
const stranded = score.weights.offline + score.weights.offlinePrimary;

/** A node, and the memory that it keeps afterwards. */
type Change = readonly [node: number, kept: number];

function primaryStep(
  state: GanetiState,
  instance: GanetiInstance,
  column: number,
  node: number,
): number {
  if (column === score.memoryAt) return -instance.memory / state.at(state.totalMemory, node);
  if (column === score.loadAt) return 1;
  return instance.vcpus / state.at(state.cpus, node) / state.at(state.cpuSpeed, node);
}

/**
 * Whether a node can run an instance. `has`: 1 if the disk is there already. Forced: only what cannot be
 * is refused, as for instances on a node that is offline.
 */
function canRun(
  state: GanetiState,
  instance: GanetiInstance,
  node: number,
  has: 0 | 1,
  kept: number,
  forced: boolean,
): boolean {
  const memory = state.at(state.freeMemory, node) - instance.memory;
  if (memory <= 0) return false;
  const disk = has === 1 || !instance.local ? 0 : instance.disk;
  if (instance.local && state.at(state.freeDisk, node) - disk <= 0) return false;
  if (forced) return true;
  const spindles = state.at(state.usedSpindles, node) + (has === 1 ? 0 : instance.spindles);
  if (instance.local && spindles > state.at(state.mostSpindles, node)) return false;
  if (memory <= kept && state.failsN1[node] === 0) return false;
  const cpus = (state.at(state.usedCpus, node) + instance.vcpus) / state.at(state.cpus, node);
  if (cpus > state.at(state.vcpuRatio, node)) return false;
  const tags = state.exclusive[node];
  return !instance.exclusive.some((tag) => tags?.has(tag) === true);
}

/** Whether a node can be the secondary. `has`: the disk is there already; `ran`: it ran there before. */
function canKeep(
  state: GanetiState,
  instance: GanetiInstance,
  node: number,
  kept: number,
  has: 0 | 1,
  ran: 0 | 1,
  forced: boolean,
): boolean {
  if (state.at(state.freeDisk, node) - (has === 1 ? 0 : instance.disk) <= 0) return false;
  if (forced) return true;
  const spindles = state.at(state.usedSpindles, node) + (has === 1 ? 0 : instance.spindles);
  if (spindles > state.at(state.mostSpindles, node)) return false;
  const memory = state.at(state.freeMemory, node) + (ran === 1 ? instance.memory : 0);
  if (instance.kept >= memory) return false;
  return memory > kept || state.failsN1[node] === 1;
}
