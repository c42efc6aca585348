import type { PlacementPolicy } from '../policy.ts';
import { roomLeft } from './room-left.ts';

export const worstFit: PlacementPolicy = {
  name: 'worst-fit',
  about: 'the host that is left with the most room',
  by: 'cost',
  cost: (cluster, host, shape) => -roomLeft(cluster, host, shape),
};
