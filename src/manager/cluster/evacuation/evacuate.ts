import {
  nowhere,
  type Cluster,
  type GuestIndex,
  type HostIndex,
  type Place,
  type Refusal,
} from '../model/index.ts';
import type { Placer } from '../placement/index.ts';
import type { Relocation } from './relocation.ts';

export interface Evacuation {
  /** In the order in which they are to be done. */
  readonly moves: readonly Relocation[];
  /** Guests that stay, as no host can take them. */
  readonly left: readonly { readonly guest: GuestIndex; readonly refusal: Refusal }[];
}

/**
 * Moves everything off a host: guests that run there and, as they may have to start there, guests that
 * it is the backup of. The largest first; guests that belong together go together; each stays in its
 * group of hosts. Every constraint holds after every move. What no other host can take stays, and is
 * told. Changes the cluster.
 * @param allowed other hosts that may not be used say false
 */
export function evacuate(
  cluster: Cluster,
  host: HostIndex,
  placer: Placer,
  allowed: (host: HostIndex) => boolean = () => true,
): Evacuation {
  const moves: Relocation[] = [];
  const left: { guest: GuestIndex; refusal: Refusal }[] = [];
  const groupOf = (at: HostIndex) => cluster.kinds.kinds[cluster.kind[at] ?? 0]?.group;
  const elsewhere = (at: HostIndex) => at !== host && groupOf(at) === groupOf(host) && allowed(at);
  const done = new Set<GuestIndex>();
  const relocate = (guest: GuestIndex) => {
    if (done.has(guest)) return;
    const together = packOf(cluster, guest);
    for (const one of together) done.add(one);
    const places = together.map((one) => cluster.placeOf(one));
    for (const one of together) cluster.unplace(one);
    // A host that is only its backup's is worth keeping: then nothing has to be moved.
    const runs = places[0]?.host;
    const stay =
      runs === undefined || runs === host
        ? undefined
        : placer.decide(together, { allowed: elsewhere, on: runs });
    const answer =
      stay?.state === 'placed' ? stay : placer.decide(together, { allowed: elsewhere });
    for (const [index, one] of together.entries()) {
      const from = places[index];
      const to: Place | undefined =
        answer.state === 'refused'
          ? from
          : { ...answer.place, ...(cluster.needsBackup(one) ? {} : { backup: nowhere }) };
      if (to === undefined) continue;
      cluster.place(one, to);
      if (answer.state === 'refused') left.push({ guest: one, refusal: answer.refusal });
      else if (from !== undefined) moves.push({ guest: one, from, to });
    }
  };
  for (const guest of largestFirst(cluster, cluster.guestsOn(host))) relocate(guest);
  for (const guest of largestFirst(cluster, [...cluster.guestsBackedBy(host)])) relocate(guest);
  return { moves, left };
}

/** The guests that have to be on one host with this one, the leader first; those that have a place. */
export function packOf(cluster: Cluster, guest: GuestIndex): GuestIndex[] {
  let leader = guest;
  for (;;) {
    const name = cluster.guests.describe(leader).with;
    const above = name === undefined ? undefined : cluster.guests.find(name);
    if (above === undefined || cluster.placeOf(above) === undefined) break;
    leader = above;
  }
  const pack = [leader];
  // The list grows while it is read: followers may have followers.
  for (const one of pack) {
    pack.push(...cluster.followers(one).filter((at) => cluster.placeOf(at) !== undefined));
  }
  return pack;
}

function largestFirst(cluster: Cluster, guests: readonly GuestIndex[]): GuestIndex[] {
  const memory = (guest: GuestIndex) => cluster.guests.describe(guest).demand.memory;
  return [...guests].sort((a, b) => memory(b) - memory(a) || a - b);
}
