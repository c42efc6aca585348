import { packOf, type Relocation } from '../evacuation/index.ts';
import {
  width,
  type Cluster,
  type GuestIndex,
  type HostIndex,
  type Place,
} from '../model/index.ts';
import { Placer, placementPolicy } from '../placement/index.ts';
import { Imbalance, imbalance } from './imbalance.ts';

export interface RebalancingRules {
  /** Cost of moving a guest, in seconds, from measured migration times. Above 0. */
  readonly cost: (guest: GuestIndex, from: Place, to: Place) => number;
  /** Least that a move has to lower the imbalance by. Default: 0.001. */
  readonly gain?: number;
  /** Most seconds that all moves may cost together. Default: no limit. */
  readonly budget?: number;
  /** Most moves. Default: no limit. */
  readonly limit?: number;
  /** Hosts looked at on either side, the busiest and the idlest. Default: 16. */
  readonly breadth?: number;
}

export interface RebalancingMove extends Relocation {
  /** Seconds. */
  readonly cost: number;
  /** Of the cluster once it is done. */
  readonly imbalance: number;
}

export interface Rebalancing {
  readonly before: number;
  readonly after: number;
  readonly moves: readonly RebalancingMove[];
  /** Seconds of all moves. */
  readonly cost: number;
}

/**
 * Live migrations that even out what hosts use, as the Virtual Cluster Manager does (Bhatia & Vetter
 * 2007; how it chooses is not published): of all moves from the busiest hosts to the idlest ones that
 * keep every constraint, each time the one that lowers the imbalance most for its cost, until none lowers
 * it by `gain`. Guests that belong together are left alone. Changes the cluster.
 */
export function rebalance(cluster: Cluster, rules: RebalancingRules): Rebalancing {
  const { gain = 0.001, budget = Infinity, limit = Infinity } = rules;
  const placer = new Placer(cluster, { policy: placementPolicy('least-loaded') });
  const before = imbalance(cluster);
  const moves: RebalancingMove[] = [];
  let now = before;
  let spent = 0;
  while (moves.length < limit) {
    const best = bestMove(cluster, placer, rules, { now, left: budget - spent, gain });
    if (best === undefined) break;
    cluster.move(best.guest, best.to);
    const after = imbalance(cluster);
    // What sums round to must not decide that a move helps.
    if (after > now - gain / 2) {
      cluster.move(best.guest, best.from);
      break;
    }
    now = after;
    spent += best.cost;
    moves.push({ ...best, imbalance: after });
  }
  return { before, after: now, moves, cost: spent };
}

type Proposal = Omit<RebalancingMove, 'imbalance'>;

function bestMove(
  cluster: Cluster,
  placer: Placer,
  { cost, breadth = 16 }: RebalancingRules,
  { now, left, gain }: { now: number; left: number; gain: number },
): Proposal | undefined {
  const uses = new Imbalance(cluster);
  const up = [...cluster.health.keys()].filter((host) => cluster.health[host] === 'up');
  const busyness = new Map(up.map((host) => [host, uses.busyness(host)]));
  up.sort((a, b) => (busyness.get(b) ?? 0) - (busyness.get(a) ?? 0) || a - b);
  const proposals: { guest: GuestIndex; to: HostIndex; gained: number }[] = [];
  for (const from of up.slice(0, breadth)) {
    for (const guest of cluster.guestsOn(from)) {
      if (packOf(cluster, guest).length > 1) continue;
      for (const to of up.slice(-breadth)) {
        if (to === from) continue;
        const gained = now - uses.after(from, to, cluster.guests.load, guest * width);
        if (gained >= gain) proposals.push({ guest, to, gained });
      }
    }
  }
  let best: Proposal | undefined;
  let highest = 0;
  // Whether a place is open costs more than what it would gain: the most promising are asked first.
  proposals.sort((a, b) => b.gained - a.gained || a.guest - b.guest || a.to - b.to);
  for (const { guest, to, gained } of proposals) {
    const from = cluster.placeOf(guest);
    if (from === undefined) continue;
    // At its present backup; the cost may depend on that, so it is asked again below.
    if (gained / cost(guest, from, { ...from, host: to }) <= highest) continue;
    const place = placeOn(cluster, placer, guest, to);
    if (place === undefined) continue;
    // A new backup takes load of mirrored disks along, which the estimate left where it was.
    const truly =
      place.backup === from.backup ? gained : now - imbalanceAt(cluster, guest, place, from);
    const seconds = cost(guest, from, place);
    if (truly < gain || seconds > left || truly / seconds <= highest) continue;
    highest = truly / seconds;
    best = { guest, from, to: place, cost: seconds };
  }
  return best;
}

function imbalanceAt(cluster: Cluster, guest: GuestIndex, place: Place, from: Place): number {
  cluster.move(guest, place);
  const after = imbalance(cluster);
  cluster.move(guest, from);
  return after;
}

/** Where a guest would be on another host, at its present backup if that can be; undefined: nowhere. */
function placeOn(
  cluster: Cluster,
  placer: Placer,
  guest: GuestIndex,
  host: HostIndex,
): Place | undefined {
  const from = cluster.placeOf(guest);
  if (from === undefined) return undefined;
  const group = (at: HostIndex) => cluster.kinds.kinds[cluster.kind[at] ?? 0]?.group;
  if (group(host) !== group(from.host)) return undefined;
  cluster.unplace(guest);
  const same = placer.decide(guest, { on: host, allowed: (at) => at === from.backup });
  const answer = same.state === 'placed' ? same : placer.decide(guest, { on: host });
  cluster.place(guest, from);
  return answer.state === 'placed' ? answer.place : undefined;
}
