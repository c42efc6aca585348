import { width } from '../../model/index.ts';
import type { PlacementPolicy } from '../policy.ts';
import { utilization } from './utilization.ts';

/**
 * The host whose room points where the demand does: the largest scalar product of demand and room, both
 * as shares of the host (Panigrahy et al. 2011, "Heuristics for vector bin packing").
 */
export const dotProduct: PlacementPolicy = {
  name: 'dot-product',
  about: 'the host whose free resources match the demand best',
  by: 'cost',
  cost(cluster, host, { demand }) {
    let product = 0;
    for (let at = 0; at < width; at++) {
      const limit = cluster.limit[host * width + at] ?? 0;
      if (limit <= 0) continue;
      product += ((demand[at] ?? 0) / limit) * (1 - utilization(cluster, host, at));
    }
    return -product;
  },
};
