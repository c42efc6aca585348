import type { GanetiState } from './state.ts';

/** What the score takes the spread of over the nodes that are online, in the order of `nodeValues`. */
export const spreads = [
  'free_mem_cv',
  'free_disk_cv',
  'vcpu_ratio_cv',
  'reserved_mem_cv',
  'cpu_load_cv',
  'disk_load_cv',
  'spindles_cv',
] as const;

export const columns = spreads.length;
/** Memory, CPU and network load are one number where no loads are given: each instance counts 1. */
export const spreadWeights: readonly number[] = [1, 1, 1, 1, 3, 1, 1];
export const weights = { n1: 1, offline: 4, offlinePrimary: 16, tags: 2, reserved: 0.25 } as const;

export const memoryAt = 0;
export const diskAt = 1;
export const cpuAt = 2;
export const reservedAt = 3;
export const loadAt = 4;
export const diskLoadAt = 5;
export const spindlesAt = 6;

/** The values of a node that its spreads are taken over. */
export function nodeValues(state: GanetiState, node: number): number[] {
  const at = (column: Float64Array | Int32Array) => column[node] ?? 0;
  const disk = at(state.totalDisk);
  return [
    at(state.freeMemory) / at(state.totalMemory),
    disk === 0 ? 1 : at(state.freeDisk) / disk,
    at(state.usedCpus) / at(state.cpus) / at(state.cpuSpeed),
    at(state.keptMemory) / at(state.totalMemory),
    at(state.primaries),
    at(state.primaries) + at(state.secondaries),
    at(state.usedSpindles) / at(state.mostSpindles),
  ];
}

/**
 * The score of ganeti's htools 3.0 (src/Ganeti/HTools/Cluster/MetricsComponents.hs; weights and kinds as
 * `hbal -vvv` prints them): standard deviations over the nodes that are online, and counts of what should
 * not be. Lower is better. Without dynamic loads every instance loads its primary with 1, and the disks
 * of both its nodes.
 */
export function ganetiScore(state: GanetiState): number {
  const online: number[][] = [];
  let score = 0;
  for (let node = 0; node < state.nodes; node++) {
    const primaries = state.at(state.primaries, node);
    const instances = primaries + state.at(state.secondaries, node);
    if (state.offline[node] === 1) {
      score += weights.offline * instances + weights.offlinePrimary * primaries;
      continue;
    }
    const values = nodeValues(state, node);
    online.push(values);
    score += weights.reserved * (values[reservedAt] ?? 0);
    if (state.failsN1[node] === 1) score += weights.n1 * instances;
    for (const count of state.exclusive[node]?.values() ?? []) score += weights.tags * (count - 1);
  }
  for (let column = 0; column < columns; column++) {
    const values = online.map((row) => row[column] ?? 0);
    score += (spreadWeights[column] ?? 0) * deviation(values);
  }
  return score;
}

function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
