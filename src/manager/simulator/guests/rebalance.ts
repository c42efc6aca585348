import { consolidate } from '../../cluster/consolidation/index.ts';
import type { Relocation } from '../../cluster/evacuation/index.ts';
import { width, type Cluster, type GuestIndex, type Place } from '../../cluster/model/index.ts';
import { rebalance } from '../../cluster/rebalancing/index.ts';

/** A guest that is to be moved. */
export interface Move {
  readonly guest: GuestIndex;
  readonly place: Place;
}

/** Decides on moves; leaves the cluster as it is. */
export type Rebalance = (cluster: Cluster) => readonly Move[];

export interface RebalanceOptions {
  /** A migration takes `setup` seconds and its memory at `rate` bytes a second. */
  readonly migrate: { readonly setup: number; readonly rate: number };
  /** Most moves of one look at the cluster. */
  readonly moves: number;
}

/** Everything stays where it was placed. */
export const noRebalancing: Rebalance = () => [];

/** Every way to move guests later. */
export const rebalancings: Readonly<
  Record<'none' | 'balance' | 'consolidate', (options: RebalanceOptions) => Rebalance>
> = {
  none: () => noRebalancing,
  balance:
    ({ migrate: { setup, rate }, moves: limit }) =>
    (cluster) => {
      const cost = (guest: GuestIndex) => setup + memoryOf(cluster, guest) / rate;
      return undone(cluster, rebalance(cluster, { cost, limit }).moves);
    },
  consolidate:
    ({ moves: limit }) =>
    (cluster) =>
      undone(cluster, consolidate(cluster, { limit }).moves),
};

/** What a guest needs of memory, in bytes. */
export function memoryOf({ guests }: Cluster, guest: GuestIndex): number {
  return guests.demand[guest * width + memory] ?? 0;
}

const memory = 1;

/** A decision is a plan here: its moves take time, and are taken back until they are done. */
function undone(cluster: Cluster, relocations: readonly Relocation[]): Move[] {
  for (const { guest, from } of relocations.toReversed()) cluster.move(guest, from);
  const places = new Map(relocations.map(({ guest, to }) => [guest, to]));
  return [...places].map(([guest, place]) => ({ guest, place }));
}
