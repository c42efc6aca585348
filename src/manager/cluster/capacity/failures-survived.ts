import {
  Cluster,
  snapshot,
  width,
  type ClusterDescription,
  type HostIndex,
  type Refusal,
} from '../model/index.ts';
import { Placer, type PlacementPolicy } from '../placement/index.ts';

export interface FailuresSurvived {
  /** How many hosts may fail, one after another, until a guest finds no place. */
  readonly count: number;
  /** Of the first guest that finds none; undefined: no guests are left. */
  readonly refusal: Refusal | undefined;
}

/**
 * How many hosts may fail, always the fullest of those left, while every guest starts again elsewhere. A
 * guest with a mirrored disk starts on its backup only, and has one copy from then on. Room that is kept
 * for failures is used for them. Works on a copy.
 */
export function failuresSurvived(cluster: Cluster, policy: PlacementPolicy): FailuresSurvived {
  const copy = new Cluster(withoutReserves(snapshot(cluster)));
  const placer = new Placer(copy, { policy });
  const copies = new Map(
    [...cluster.guests.all()].flatMap((guest) => {
      const { name, mirrored } = cluster.guests.describe(guest);
      return mirrored === true ? [[name, cluster.placeOf(guest)?.backup ?? -1] as const] : [];
    }),
  );
  for (let count = 0; ; count++) {
    const failed = fullestHost(copy);
    if (failed === undefined) return { count, refusal: undefined };
    copy.setHealth(failed, 'down');
    const guests = [...copy.guestsOn(failed)].sort(
      (a, b) =>
        copy.guests.describe(b).demand.memory - copy.guests.describe(a).demand.memory || a - b,
    );
    for (const guest of guests) copy.unplace(guest);
    // Those that can go to one host only come first.
    const bound = (guest: number) => copies.has(copy.guests.describe(guest).name);
    const leads = (guest: number) => copy.guests.describe(guest).with === undefined;
    guests.sort((a, b) => +bound(b) - +bound(a) || +leads(b) - +leads(a));
    for (const guest of guests) {
      const { name } = copy.guests.describe(guest);
      const only = copies.get(name);
      const answer = placer.place(
        guest,
        only === undefined ? {} : { allowed: (at) => at === only },
      );
      if (answer.state === 'refused') return { count, refusal: answer.refusal };
    }
  }
}

/** Guests need no backups, and copies of disks take no room once hosts fail. */
function withoutReserves(description: ClusterDescription): ClusterDescription {
  return {
    ...description,
    rules: { ...description.rules, nPlusOne: [] },
    guests: description.guests.map(({ place, ...guest }) => ({
      ...guest,
      mirrored: false,
      ...(place === undefined ? {} : { place: { host: place.host } }),
    })),
  };
}

function fullestHost(cluster: Cluster): HostIndex | undefined {
  let fullest: HostIndex | undefined;
  let most = -1;
  for (let host = 0; host < cluster.hosts.length; host++) {
    if (cluster.health[host] === 'down' || cluster.guestsOn(host).length === 0) continue;
    let share = 0;
    for (let at = 0; at < width; at++) {
      const limit = cluster.limit[host * width + at] ?? 0;
      if (limit > 0) share += (cluster.used[host * width + at] ?? 0) / limit;
    }
    if (share > most) [fullest, most] = [host, share];
  }
  return fullest;
}
