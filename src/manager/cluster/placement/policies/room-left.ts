import { width, type Cluster, type HostIndex } from '../../model/index.ts';
import type { Shape } from '../shape.ts';
import { utilization } from './utilization.ts';

/** Sum over the resources that the guest asks for of the share left on the host once it is there. */
export function roomLeft(cluster: Cluster, host: HostIndex, { demand }: Shape): number {
  let left = 0;
  for (let at = 0; at < width; at++) {
    const asked = demand[at] ?? 0;
    if (asked > 0) left += 1 - utilization(cluster, host, at, asked);
  }
  return left;
}
