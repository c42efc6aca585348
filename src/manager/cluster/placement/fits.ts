import { resources, width, type Cluster, type Constraint, type HostIndex } from '../model/index.ts';
import type { Shape } from './shape.ts';

/** The constraint that a lack of each resource breaks, in the order of `resources`. */
export const shortages: readonly Constraint[] = resources.map((resource) =>
  resource === 'diskIo' ? 'disk I/O' : resource,
);

/** What keeps a host from running a guest of this shape whichever guests are there; undefined: nothing. */
export function hostMismatch(
  cluster: Cluster,
  { requirements }: Shape,
  host: HostIndex,
): Constraint | undefined {
  if (cluster.health[host] !== 'up') return 'health';
  const kind = cluster.kind[host] ?? 0;
  for (const requirement of requirements) {
    const found = cluster.kinds.mismatch(requirement, kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The resource, by number, of which a host has too little to run the shape; of several the one that
 * lacks most for its size; −1: none. What the host keeps free as a backup is not given away.
 */
export function shortage(cluster: Cluster, { demand }: Shape, host: HostIndex): number {
  let worst = -1;
  let most = 0;
  for (let at = 0; at < width; at++) {
    const column = host * width + at;
    const asked = demand[at] ?? 0;
    if (asked === 0) continue;
    const limit = cluster.limit[column] ?? 0;
    const left = limit - (cluster.used[column] ?? 0) - (cluster.reserves.kept[column] ?? 0);
    if (asked <= left) continue;
    const lack = (asked - left) / Math.max(limit, 1);
    if (worst < 0 || lack > most) [worst, most] = [at, lack];
  }
  return worst;
}

/** Whether a host runs a guest of these anti-affinity groups, or would have to if another host failed. */
export function apart(cluster: Cluster, groups: readonly number[], host: HostIndex): boolean {
  return !cluster.running.any(host, groups) && !cluster.backing.any(host, groups);
}

/** Whether a host has room to be a backup at all, whichever host the guest runs on. */
export function mayBack(cluster: Cluster, shape: Shape, host: HostIndex): boolean {
  if (hostMismatch(cluster, shape, host) !== undefined) return false;
  for (let at = 0; at < width; at++) {
    const copied = shape.copied[at] ?? 0;
    if (copied === 0) continue;
    const kept = cluster.reserves.kept[host * width + at] ?? 0;
    if (copied > cluster.free(host, at) - kept) return false;
  }
  // What would have to run here must fit beside what runs here, whatever else is kept.
  return cluster.reserves.counted.every(
    (at) => (shape.demand[at] ?? 0) <= cluster.free(host, at) - (shape.copied[at] ?? 0),
  );
}

/** Whether `backup` can take over what runs on `host` with this shape added to it. */
export function backs(
  cluster: Cluster,
  shape: Shape,
  groups: readonly number[],
  { host, backup }: { host: HostIndex; backup: HostIndex },
): boolean {
  if (host === backup || cluster.running.any(backup, groups)) return false;
  const { kinds, kind, reserves } = cluster;
  if (kinds.kinds[kind[host] ?? 0]?.group !== kinds.kinds[kind[backup] ?? 0]?.group) return false;
  return reserves.counted.every((at) => {
    const need = reserves.need(backup, host, at) + (shape.demand[at] ?? 0);
    return need <= cluster.free(backup, at) - (shape.copied[at] ?? 0);
  });
}
