import { width } from '../../model/index.ts';
import type { PlacementPolicy } from '../policy.ts';
import { transactionWeight } from './smps-reconstructed.ts';
import { utilization } from './utilization.ts';

/** The other reading of SMPS-VMM: the sum of utilizations after, each weighed alike, and the transaction. */
export const smpsLinear: PlacementPolicy = {
  name: 'smps-linear',
  about: 'least sum of utilizations after, and the transaction',
  by: 'cost',
  cost(cluster, host, { demand }) {
    let cost = 0;
    for (let at = 0; at < width; at++) cost += utilization(cluster, host, at, demand[at] ?? 0);
    return cost / width + transactionWeight * (cluster.hosts[host]?.transaction ?? 0);
  },
};
