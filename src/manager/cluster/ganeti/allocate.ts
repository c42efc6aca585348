import { usualBounds } from '../formats/htools.ts';
import * as score from './score.ts';
import type { FailMode } from './fail-mode.ts';
import { PairSearch } from './pair-search.ts';
import type { GanetiInstance, GanetiState } from './state.ts';
import type { Sums } from './sums.ts';

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

/**
 * The node, or pair of nodes, with the lowest score for one more instance; of equals the last, as hspace
 * chooses. All pairs are covered, but what depends on one node alone is computed once, and what nodes
 * have in common that are alike once for all of them.
 */
export function allocate(state: GanetiState, instance: GanetiInstance, sums: Sums): Allocation {
  const failures = { memory: 0, disk: 0, cpu: 0, 'N+1': 0, tags: 0 };
  const two = instance.mobility === 'two';
  const outside = outsidePolicy(instance);
  const kinds = sums.kinds();
  const faults = Array<FailMode | undefined | null>(kinds.count).fill(null);
  const owns = Array<number | undefined>(kinds.count);
  let search: PairSearch | undefined;
  for (let primary = state.nodes - 1; primary >= 0; primary--) {
    if (state.offline[primary] === 1) continue;
    const kind = kinds.of[primary] ?? 0;
    let fault = faults[kind];
    if (fault === null) faults[kind] = fault = outside ?? primaryFault(state, instance, primary);
    if (fault !== undefined) {
      failures[fault] += two ? (state.partners[primary] ?? 0) : 1;
      continue;
    }
    // Most sizes that a tiered allocation tries fit nowhere, and need none of this.
    search ??= new PairSearch(state, instance, sums, kinds, failures);
    const own = (owns[kind] ??= primaryScore(state, instance, sums, primary));
    if (two) search.partners(primary, own);
    else search.alone(primary, own);
  }
  return { nodes: search?.nodes, failures };
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
