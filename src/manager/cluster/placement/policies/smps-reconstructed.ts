import { width } from '../../model/index.ts';
import type { PlacementPolicy } from '../policy.ts';
import { utilization } from './utilization.ts';

/** Cost of a second of transaction, in units of a resource that goes from unused to used up. */
export const transactionWeight = 0.01;

/**
 * Least marginal opportunity cost, as the abstract of SMPS-VMM (Jia 2008) names it: least cost over CPU,
 * memory, disk I/O and transaction cost. Reconstructed with the exponential cost of online allocation:
 * Σ_r [n^(u_r + d_r/C_r) − n^(u_r)] / (n − 1) + w·T with n = max(2, hosts), u the utilization before, d
 * the demand, C what guests may take, T the transaction cost of the host.
 */
export const smpsReconstructed: PlacementPolicy = {
  name: 'smps-reconstructed',
  about: 'least marginal opportunity cost over all resources and the transaction',
  by: 'cost',
  cost(cluster, host, { demand }) {
    const base = Math.max(2, cluster.hosts.length);
    const log = Math.log(base);
    let cost = 0;
    for (let at = 0; at < width; at++) {
      const asked = demand[at] ?? 0;
      if (asked === 0) continue;
      const before = Math.exp(log * utilization(cluster, host, at));
      const after = Math.exp(log * utilization(cluster, host, at, asked));
      cost += (after - before) / (base - 1);
    }
    return cost + transactionWeight * (cluster.hosts[host]?.transaction ?? 0);
  },
};
