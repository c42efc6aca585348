import { width } from '../../model/index.ts';
import type { PlacementPolicy } from '../policy.ts';

/** By what guests use now, not by what is set aside for them. */
export const leastLoaded: PlacementPolicy = {
  name: 'least-loaded',
  about: 'the host whose busiest resource is used least now',
  by: 'cost',
  cost(cluster, host) {
    let busiest = 0;
    for (let at = 0; at < width; at++) {
      const capacity = cluster.capacity[host * width + at] ?? 0;
      if (capacity === 0) continue;
      busiest = Math.max(busiest, (cluster.load[host * width + at] ?? 0) / capacity);
    }
    return busiest;
  },
};
