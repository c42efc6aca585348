import type { Cluster, GuestDescription, GuestIndex, Refusal } from '../model/index.ts';
import { Placer, type PlacementPolicy } from '../placement/index.ts';

export interface HowManyMore {
  readonly count: number;
  /** Why the next one would find no place; undefined: the limit came first. */
  readonly refusal: Refusal | undefined;
}

/**
 * How many guests like this one fit besides those that are there, and which constraint ends it. The
 * cluster is left as it was.
 */
export function howManyMore(
  cluster: Cluster,
  guest: Omit<GuestDescription, 'name' | 'place'>,
  { policy, limit = 1_000_000 }: { policy: PlacementPolicy; limit?: number },
): HowManyMore {
  const placer = new Placer(cluster, { policy });
  const added: GuestIndex[] = [];
  let refusal: Refusal | undefined;
  let number = 0;
  const freeName = () => {
    let name: string;
    do name = `more-${number++}`;
    while (cluster.guests.find(name) !== undefined);
    return name;
  };
  try {
    while (added.length < limit) {
      const index = cluster.add({ ...guest, name: freeName() });
      const answer = placer.place(index);
      if (answer.state === 'refused') {
        cluster.remove(index);
        refusal = answer.refusal;
        break;
      }
      added.push(index);
    }
    return { count: added.length, refusal };
  } finally {
    for (const index of added.reverse()) cluster.remove(index);
  }
}
