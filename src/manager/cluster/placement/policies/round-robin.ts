import type { PlacementPolicy } from '../policy.ts';

export const roundRobin: PlacementPolicy = {
  name: 'round-robin',
  about: 'the next host after the last one chosen',
  by: 'order',
  *order(hosts, { last }) {
    for (let step = 1; step <= hosts; step++) yield (last + step) % hosts;
  },
};
