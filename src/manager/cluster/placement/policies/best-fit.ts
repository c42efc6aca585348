import type { PlacementPolicy } from '../policy.ts';
import { roomLeft } from './room-left.ts';

export const bestFit: PlacementPolicy = {
  name: 'best-fit',
  about: 'the host that is left with the least room',
  by: 'cost',
  cost: roomLeft,
};
