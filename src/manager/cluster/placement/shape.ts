import { width, type Cluster, type GuestIndex } from '../model/index.ts';

/** All that a guest asks of a host and that other guests may ask just so. */
export interface Shape {
  /** In the order of `resources`. */
  readonly demand: Float64Array;
  /** What its backup has to have room for at once: the copy of a mirrored disk. */
  readonly copied: Float64Array;
  readonly requirement: number;
  readonly needsBackup: boolean;
  /** The same for the same shape, and for no other. */
  readonly key: string;
}

/** The shape of guests that are placed as one: the demands add up, the first one says the rest. */
export function shapeOf(cluster: Cluster, guests: readonly GuestIndex[]): Shape {
  const demand = new Float64Array(width);
  const copied = new Float64Array(width);
  for (const guest of guests) {
    for (let at = 0; at < width; at++) {
      const amount = cluster.guests.demand[guest * width + at] ?? 0;
      demand[at] = (demand[at] ?? 0) + amount;
      if (cluster.copies(guest, at)) copied[at] = (copied[at] ?? 0) + amount;
    }
  }
  const [first = -1] = guests;
  const requirement = cluster.guests.requirement[first] ?? 0;
  const needsBackup = guests.some((guest) => cluster.needsBackup(guest));
  const key = `${demand.join()};${copied.join()};${requirement};${needsBackup}`;
  return { demand, copied, requirement, needsBackup, key };
}
