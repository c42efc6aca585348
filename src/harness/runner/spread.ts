import type { Levels } from '../scenario/levels.ts';

type Spread = Pick<Levels, 'guests' | 'hosts'>;

/** Which host of its trial a guest is created on, from 0: in turn. */
export function hostOfGuest(guest: number, { hosts }: Pick<Levels, 'hosts'>): number {
  return guest % hosts;
}

/**
 * Guests at most at once on `hosts` of the hosts of `trials` trials: on those that share a memory, or
 * a storage.
 */
export function guestsOn(hosts: number, { guests, hosts: spread }: Spread, trials = 1): number {
  return Math.min(Math.ceil(guests / spread) * hosts, guests * trials);
}
