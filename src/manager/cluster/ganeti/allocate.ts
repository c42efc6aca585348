import { usualBounds } from '../formats/htools.ts';
import * as score from './score.ts';
import type { GanetiInstance, GanetiState } from './state.ts';
import type { Sums } from './sums.ts';

/** Why ganeti's rules refuse a node, in the order in which equal counts are ranked. */
export const failModes = ['memory', 'disk', 'cpu', 'N+1', 'tags'] as const;
export type FailMode = (typeof failModes)[number];

export interface Allocation {
  /** Undefined: nowhere. */
  readonly nodes: { readonly primary: number; readonly secondary: number } | undefined;
  /** How many nodes or pairs of nodes each reason ruled out. */
  readonly failures: Readonly<Record<FailMode, number>>;
}

/** What keeps an instance out of the policy of a cluster that states none; undefined: nothing. */
export function outsidePolicy(instance: GanetiInstance): FailMode | undefined {
  const { memory, disk, vcpus, spindles } = instance;
  if (memory < min[0] || memory > max[0]) return 'memory';
  if (disk < min[2] || disk > max[2]) return 'disk';
  if (vcpus < min[1] || vcpus > max[1]) return 'cpu';
  return spindles < min[5] || spindles > max[5] ? 'disk' : undefined;
}

const [{ min, max }] = usualBounds;

/** Why a node cannot run an instance that takes so much of it; undefined: it can. */
export function primaryFault(
  state: GanetiState,
  instance: GanetiInstance,
  node: number,
): FailMode | undefined {
  const memory = state.at(state.freeMemory, node) - instance.memory;
  if (memory <= 0) return 'memory';
  if (instance.local) {
    if (state.at(state.freeDisk, node) - instance.disk <= 0) return 'disk';
    const spindles = state.at(state.usedSpindles, node) + instance.spindles;
    if (spindles > state.at(state.mostSpindles, node)) return 'disk';
  }
  if (memory <= state.at(state.keptMemory, node) && state.failsN1[node] === 0) return 'memory';
  const cpus = (state.at(state.usedCpus, node) + instance.vcpus) / state.at(state.cpus, node);
  if (cpus > state.at(state.vcpuRatio, node)) return 'cpu';
  const tags = state.exclusive[node];
  if (instance.exclusive.some((tag) => tags?.has(tag) === true)) return 'tags';
  return undefined;
}

/** Why a node cannot be the secondary, whatever the primary is. */
export function secondaryFault(
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

/**
 * The node, or pair of nodes, with the lowest score for one more instance; of equals the last, as hspace
 * chooses. Every pair is looked at, but what depends on one node alone is computed once a node.
 */
export function allocate(state: GanetiState, instance: GanetiInstance, sums: Sums): Allocation {
  const failures = { memory: 0, disk: 0, cpu: 0, 'N+1': 0, tags: 0 };
  const two = instance.mobility === 'two';
  const outside = outsidePolicy(instance);
  let search: PairSearch | undefined;
  for (let primary = 0; primary < state.nodes; primary++) {
    if (state.offline[primary] === 1) continue;
    const fault = outside ?? primaryFault(state, instance, primary);
    if (fault !== undefined) {
      failures[fault] += two ? (state.partners[primary] ?? 0) : 1;
      continue;
    }
    // Most sizes that a tiered allocation tries fit nowhere, and need none of this.
    search ??= new PairSearch(state, instance, sums, failures);
    const own = primaryScore(state, instance, sums, primary);
    if (two) search.partners(primary, own);
    else search.alone(primary, own);
  }
  return { nodes: search?.nodes, failures };
}

const pairColumns = [score.diskAt, score.diskLoadAt, score.spindlesAt];

/** The best pair of nodes so far. */
class PairSearch {
  nodes: Allocation['nodes'];
  private best = Infinity;
  private readonly faults: (FailMode | undefined)[];
  /** What each node adds to the sums of the columns that both nodes change: step, growth, step, … */
  private readonly steps: Float64Array;
  private readonly state: GanetiState;
  private readonly instance: GanetiInstance;
  private readonly sums: Sums;
  private readonly failures: Record<FailMode, number>;

  constructor(
    state: GanetiState,
    instance: GanetiInstance,
    sums: Sums,
    failures: Record<FailMode, number>,
  ) {
    this.state = state;
    this.instance = instance;
    this.sums = sums;
    this.failures = failures;
    this.faults = Array.from({ length: state.nodes }, (_, node) =>
      secondaryFault(state, instance, node),
    );
    this.steps = new Float64Array(state.nodes * 6);
    for (let node = 0; node < state.nodes; node++) {
      for (const [at, column] of pairColumns.entries()) {
        const step = pairStep(state, instance, column, node);
        this.steps[node * 6 + at * 2] = step;
        this.steps[node * 6 + at * 2 + 1] = sums.growth(node, column, step);
      }
    }
  }

  alone(primary: number, own: number) {
    this.offer(own + this.pairScore(primary, -1), primary, -1);
  }

  partners(primary: number, own: number) {
    const { state, instance, sums, failures } = this;
    for (let secondary = 0; secondary < state.nodes; secondary++) {
      if (secondary === primary || state.offline[secondary] === 1) continue;
      if (state.group[secondary] !== state.group[primary]) continue;
      const fault = this.faults[secondary];
      if (fault !== undefined) {
        failures[fault]++;
        continue;
      }
      const before = state.at(state.keptMemory, secondary);
      const kept = Math.max(before, state.peer(secondary, primary) + instance.kept);
      if (state.at(state.freeMemory, secondary) <= kept && state.failsN1[secondary] === 0) {
        failures.memory++;
        continue;
      }
      const step = (kept - before) / state.at(state.totalMemory, secondary);
      const reserved =
        sums.spread(score.reservedAt, step, sums.growth(secondary, score.reservedAt, step)) +
        score.weights.reserved * step;
      this.offer(own + reserved + this.pairScore(primary, secondary), primary, secondary);
    }
  }

  private offer(value: number, primary: number, secondary: number) {
    if (!(value <= this.best)) return;
    this.best = value;
    this.nodes = { primary, secondary };
  }

  /** Spreads that both nodes change alike; secondary −1: there is none. */
  private pairScore(primary: number, secondary: number): number {
    const { steps, sums } = this;
    let total = 0;
    for (let at = 0; at < 3; at++) {
      const own = primary * 6 + at * 2;
      const other = secondary * 6 + at * 2;
      const step = (steps[own] ?? 0) + (secondary < 0 ? 0 : (steps[other] ?? 0));
      const growth = (steps[own + 1] ?? 0) + (secondary < 0 ? 0 : (steps[other + 1] ?? 0));
      total += sums.spread(pairColumns[at] ?? 0, step, growth);
    }
    return total;
  }
}

/** Spreads that only the primary changes. */
function primaryScore(
  state: GanetiState,
  instance: GanetiInstance,
  sums: Sums,
  node: number,
): number {
  const memory = -instance.memory / state.at(state.totalMemory, node);
  const cpu = instance.vcpus / state.at(state.cpus, node) / state.at(state.cpuSpeed, node);
  const { memoryAt, cpuAt, loadAt, spreadWeights } = score;
  return (
    sums.spread(memoryAt, memory, sums.growth(node, memoryAt, memory)) +
    sums.spread(cpuAt, cpu, sums.growth(node, cpuAt, cpu)) +
    (spreadWeights[loadAt] ?? 0) * sums.spread(loadAt, 1, sums.growth(node, loadAt, 1))
  );
}

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
