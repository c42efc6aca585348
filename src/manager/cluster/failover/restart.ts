import {
  nowhere,
  resources,
  width,
  type Cluster,
  type GuestIndex,
  type HostIndex,
  type Place,
  type PlacementAnswer,
} from '../model/index.ts';
import { whyNoRestart, type WatchedHost } from './health.ts';
import { restartOrder } from './order.ts';

/** A lost guest that is to be started on another host. */
export interface Restart {
  readonly guest: GuestIndex;
  /** `nowhere` for one that has waited since an earlier failure. */
  readonly from: HostIndex;
  readonly place: Place;
}

/** A lost guest for which there is no place now. */
export interface LeftGuest {
  readonly guest: GuestIndex;
  readonly from: HostIndex;
  readonly why: string;
}

export interface FailoverPlan {
  /** In the order in which they are to be started. */
  readonly restarts: readonly Restart[];
  /** In the order in which they were tried; they have no place, and can be tried again. */
  readonly left: readonly LeftGuest[];
  /** Silent hosts whose guests stay where they are, and why. */
  readonly refused: readonly { readonly host: HostIndex; readonly why: string }[];
}

export interface FailoverRequest {
  readonly cluster: Cluster;
  /** The hosts that are not simply alive; their ids are names of hosts of the cluster. */
  readonly watched: readonly WatchedHost[];
  /** Guests of earlier failures that have no place yet. */
  readonly waiting?: readonly GuestIndex[];
  /** The placement policy: where a guest that is nowhere shall be. It changes nothing. */
  readonly place: (guest: GuestIndex) => PlacementAnswer;
}

/**
 * Decides where guests of fenced hosts go on. Guests of hosts that are silent but not proven to be
 * fenced stay where they are: they may still run, and two of one guest would destroy its disk. In the
 * given order a guest goes to its backup, where room is kept for it, else where the policy says; one
 * whose disk is mirrored can only go to its backup. Whoever finds no place then may have room that is
 * kept for the next failure (N+1): running now counts more. Who has none at all is left, and all that
 * follow are still tried.
 *
 * The cluster is changed to what is decided: hosts are suspect or down, guests are at their new places
 * (reserved from now on) or nowhere.
 */
export function planFailover(request: FailoverRequest): FailoverPlan {
  const { cluster, watched, waiting = [] } = request;
  const refused: { host: HostIndex; why: string }[] = [];
  const lost = new Map<GuestIndex, Lost>();
  for (const guest of waiting) lost.set(guest, { from: nowhere, backup: nowhere });
  for (const host of watched) {
    const index = cluster.host(host.id);
    const why = whyNoRestart(host);
    if (why === undefined) cluster.setHealth(index, 'down');
    else if (host.health.state !== 'alive') {
      cluster.setHealth(index, 'suspect');
      refused.push({ host: index, why });
    }
  }
  for (const { id, health } of watched) {
    if (health.state !== 'fenced') continue;
    const from = cluster.host(id);
    for (const guest of [...cluster.guestsOn(from)]) {
      lost.set(guest, { from, backup: cluster.placeOf(guest)?.backup ?? nowhere });
      cluster.unplace(guest);
    }
  }
  const restarts: Restart[] = [];
  const without: LeftGuest[] = [];
  for (const guest of restartOrder(cluster, [...lost.keys()])) {
    const { from, backup } = lost.get(guest) as Lost;
    const found = placeOf(request, guest, backup);
    if (typeof found === 'string') {
      without.push({ guest, from, why: found });
    } else {
      cluster.place(guest, found);
      restarts.push({ guest, from, place: found });
    }
  }
  // Room that is kept for the next failure is given up for this one, once those it was kept for have it.
  const left = without.filter(({ guest, from }) => {
    const host = anyRoom(cluster, guest);
    if (host === nowhere) return true;
    const place = { host, backup: nowhere };
    cluster.place(guest, place);
    restarts.push({ guest, from, place });
    return false;
  });
  return { restarts, left, refused };
}

/** The host with most free memory that can run a guest, whatever is kept there for others. */
function anyRoom(cluster: Cluster, guest: GuestIndex): HostIndex {
  const { guests, hosts, health, kinds, kind, reserves } = cluster;
  if (reserves.counted.length === 0 || guests.describe(guest).mirrored === true) return nowhere;
  let best = nowhere;
  for (let host = 0; host < hosts.length; host++) {
    if (health[host] !== 'up' || !hasRoom(cluster, guest, host)) continue;
    if (kinds.mismatch(guests.requirement[guest] ?? 0, kind[host] ?? 0) !== undefined) continue;
    if (best === nowhere || cluster.free(host, memory) > cluster.free(best, memory)) best = host;
  }
  return best;
}

const memory = resources.indexOf('memory');

interface Lost {
  readonly from: HostIndex;
  readonly backup: HostIndex;
}

/** @returns why there is none, where there is none */
function placeOf(
  { cluster, place }: FailoverRequest,
  guest: GuestIndex,
  backup: HostIndex,
): Place | string {
  const { mirrored = false, name } = cluster.guests.describe(guest);
  if (backup !== nowhere && cluster.health[backup] === 'up' && hasRoom(cluster, guest, backup)) {
    return { host: backup, backup: nowhere };
  }
  if (mirrored) {
    return backup === nowhere
      ? `the disk of guest ${name} is nowhere else`
      : `the copy of the disk of guest ${name} is on host ${cluster.hostName(backup)}, which cannot take it`;
  }
  const answer = place(guest);
  return answer.state === 'placed' ? answer.place : answer.refusal.why;
}

/** Of what is kept there for it and of what is free. */
function hasRoom(cluster: Cluster, guest: GuestIndex, host: HostIndex): boolean {
  const { guests, running } = cluster;
  if (running.any(host, guests.groups[guest] ?? [])) return false;
  const { with: leader } = guests.describe(guest);
  if (leader !== undefined && guests.host[guests.find(leader) ?? nowhere] !== host) return false;
  return resources.every(
    (_, at) => (guests.demand[guest * width + at] ?? 0) <= cluster.free(host, at),
  );
}
