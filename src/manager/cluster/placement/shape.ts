import { width, type Cluster, type GuestIndex } from '../model/index.ts';

/** All that a guest asks of a host and that other guests may ask just so. */
export interface Shape {
  /** In the order of `resources`. */
  readonly demand: Float64Array;
  /** What its backup has to have room for at once: the copy of a mirrored disk. */
  readonly copied: Float64Array;
  /** Each once, see `Kinds`. */
  readonly requirements: readonly number[];
  readonly needsBackup: boolean;
  /** The same for the same shape, and for no other. */
  readonly key: string;
}

/** The shape of guests that are placed as one: the demands add up, all requirements have to be met. */
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
  const asked = guests.map((guest) => cluster.guests.requirement[guest] ?? 0);
  const requirements = [...new Set(asked)].sort((a, b) => a - b);
  const needsBackup = guests.some((guest) => cluster.needsBackup(guest));
  const key = `${demand.join()};${copied.join()};${requirements.join()};${needsBackup}`;
  return { demand, copied, requirements, needsBackup, key };
}
