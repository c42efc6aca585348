import { usualPolicy, type HtoolsSpec } from '../formats/htools.ts';
import * as score from './score.ts';
import type { GanetiInstance, GanetiState } from './state.ts';
import { Sums } from './sums.ts';

/** Why ganeti's rules refuse a node, in the order in which equal counts are ranked. */
export const failModes = ['memory', 'disk', 'cpu', 'N+1', 'tags'] as const;
export type FailMode = (typeof failModes)[number];

export interface Allocation {
  /** Undefined: nowhere. */
  readonly nodes: { readonly primary: number; readonly secondary: number } | undefined;
  /** How many nodes or pairs of nodes each reason ruled out. */
  readonly failures: Readonly<Record<FailMode, number>>;
}

/** Whether an instance is within what the policy allows. */
export function withinPolicy(
  { memory, disk, vcpus, spindles }: GanetiInstance,
  bounds: readonly { readonly min: HtoolsSpec; readonly max: HtoolsSpec }[] = usualPolicy.bounds,
): FailMode | undefined {
  const sizes = [
    [0, memory, 'memory'],
    [2, disk, 'disk'],
    [1, vcpus, 'cpu'],
    [5, spindles, 'disk'],
  ] as const;
  let fault: FailMode | undefined = undefined;
  for (const { min, max } of bounds) {
    fault = sizes.find(([at, size]) => size < min[at] || size > max[at])?.[2];
    if (fault === undefined) return undefined;
  }
  return fault;
}

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
  const online = Array.from({ length: state.nodes }, (_, node) => node).filter(
    (node) => state.offline[node] === 0,
  );
  const outside = withinPolicy(instance);
  const secondaries = new Map(online.map((node) => [node, secondaryFault(state, instance, node)]));
  let best = Infinity;
  let nodes: Allocation['nodes'];
  for (const primary of online) {
    const partners = two
      ? online.filter((node) => node !== primary && state.group[node] === state.group[primary])
      : [];
    const fault = outside ?? primaryFault(state, instance, primary);
    if (fault !== undefined) {
      failures[fault] += two ? partners.length : 1;
      continue;
    }
    const own = primaryScore(state, instance, sums, primary);
    if (!two) {
      const all = own + pairScore(state, instance, sums, primary, -1);
      if (all <= best) [best, nodes] = [all, { primary, secondary: -1 }];
      continue;
    }
    for (const secondary of partners) {
      const wrong = secondaries.get(secondary);
      if (wrong !== undefined) {
        failures[wrong]++;
        continue;
      }
      const kept = Math.max(
        state.at(state.keptMemory, secondary),
        state.peer(secondary, primary) + instance.kept,
      );
      if (state.at(state.freeMemory, secondary) <= kept && state.failsN1[secondary] === 0) {
        failures.memory++;
        continue;
      }
      const step =
        (kept - state.at(state.keptMemory, secondary)) / state.at(state.totalMemory, secondary);
      const reserved =
        sums.spread(score.reservedAt, step, sums.growth(secondary, score.reservedAt, step)) +
        score.weights.reserved * step;
      const all = own + reserved + pairScore(state, instance, sums, primary, secondary);
      if (all <= best) [best, nodes] = [all, { primary, secondary }];
    }
  }
  return { nodes, failures };
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

/** Spreads that both nodes change alike; secondary −1: there is none. */
function pairScore(
  state: GanetiState,
  instance: GanetiInstance,
  sums: Sums,
  primary: number,
  secondary: number,
): number {
  let total = 0;
  for (const column of [score.diskAt, score.diskLoadAt, score.spindlesAt]) {
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
