import { seededRandom } from '../../../base/stats/random.ts';
import { evacuate, type Relocation } from '../evacuation/index.ts';
import { width, type Cluster, type HostIndex } from '../model/index.ts';
import { Placer, placementPolicy, type PlacementPolicy } from '../placement/index.ts';

export interface ConsolidationRules {
  /** Share of what guests may take that a host is filled to, of every resource. Default: 1. */
  readonly fill?: number;
  /** Where guests of a host that is emptied go. Default: `best-fit`. */
  readonly policy?: PlacementPolicy;
  /** Most moves. Default: as many as it takes. */
  readonly limit?: number;
}

export interface Consolidation {
  readonly moves: readonly Relocation[];
  /** Hosts that have nothing on them any more, in the order in which they were emptied. */
  readonly freed: readonly HostIndex[];
}

/**
 * Empties hosts onto others, the emptiest first, each wholly or not at all, as long as one can be: first
 * fit decreasing over hosts, which comes near the fewest hosts but does not prove it. Every constraint
 * holds after every move. Changes the cluster.
 */
export function consolidate(
  cluster: Cluster,
  { fill = 1, policy = placementPolicy('best-fit'), limit = Infinity }: ConsolidationRules = {},
): Consolidation {
  const placer = new Placer(cluster, { policy, random: seededRandom('consolidation') });
  const moves: Relocation[] = [];
  const freed: HostIndex[] = [];
  const idle = new Set<HostIndex>();
  const busy: HostIndex[] = [];
  for (let host = 0; host < cluster.hosts.length; host++) {
    if (isEmpty(cluster, host)) idle.add(host);
    else if (cluster.health[host] === 'up') busy.push(host);
  }
  const shares = new Map(busy.map((host) => [host, fullest(cluster, host)]));
  busy.sort((a, b) => (shares.get(a) ?? 0) - (shares.get(b) ?? 0) || a - b);
  for (const host of busy) {
    const open = (at: HostIndex) => !idle.has(at) && fullest(cluster, at) <= fill;
    const attempt = evacuate(cluster, host, placer, open);
    const overfull = attempt.moves.some(({ to }) =>
      [to.host, to.backup].some((at) => at >= 0 && fullest(cluster, at) > fill),
    );
    if (attempt.left.length > 0 || overfull || moves.length + attempt.moves.length > limit) {
      for (const { guest, from } of [...attempt.moves].reverse()) cluster.move(guest, from);
      continue;
    }
    moves.push(...attempt.moves);
    freed.push(host);
    idle.add(host);
  }
  return { moves, freed };
}

function isEmpty(cluster: Cluster, host: HostIndex): boolean {
  return cluster.guestsOn(host).length === 0 && cluster.guestsBackedBy(host).size === 0;
}

/** The largest share taken of any resource. */
function fullest(cluster: Cluster, host: HostIndex): number {
  let most = 0;
  for (let at = 0; at < width; at++) {
    const limit = cluster.limit[host * width + at] ?? 0;
    if (limit > 0) most = Math.max(most, (cluster.used[host * width + at] ?? 0) / limit);
  }
  return most;
}
