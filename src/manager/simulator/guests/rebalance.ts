import type { Cluster, GuestIndex, Place } from '../../cluster/model/index.ts';

/** A guest that is to be moved. */
export interface Move {
  readonly guest: GuestIndex;
  readonly place: Place;
}

/** Decides on moves; leaves the cluster as it is. Guests that are on the way are named. */
export type Rebalance = (cluster: Cluster, moving: ReadonlySet<GuestIndex>) => readonly Move[];

/** Everything stays where it was placed. */
export const noRebalancing: Rebalance = () => [];
