import type { PlacementPolicy } from '../policy.ts';

export const random: PlacementPolicy = {
  name: 'random',
  about: 'any host, all with the same chance',
  by: 'order',
  *order(hosts, { random: draws }) {
    // A shuffle that is drawn only as far as it is read: what was swapped away is remembered.
    const swapped = new Map<number, number>();
    for (let at = 0; at < hosts; at++) {
      const drawn = at + draws.integer(hosts - at);
      yield swapped.get(drawn) ?? drawn;
      swapped.set(drawn, swapped.get(at) ?? at);
    }
  },
};
