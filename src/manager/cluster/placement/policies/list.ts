import { UserError } from '../../../../base/errors.ts';
import type { PlacementPolicy } from '../policy.ts';
import { bestFit } from './best-fit.ts';
import { dotProduct } from './dot-product.ts';
import { leastLoaded } from './least-loaded.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';
import { smpsLinear } from './smps-linear.ts';
import { smpsReconstructed } from './smps-reconstructed.ts';
import { worstFit } from './worst-fit.ts';

/** Every way to place guests; a new one is a file and a line here. */
export const placementPolicies: readonly PlacementPolicy[] = [
  smpsReconstructed,
  smpsLinear,
  bestFit,
  worstFit,
  leastLoaded,
  dotProduct,
  roundRobin,
  random,
];

/** @throws UserError if there is none of this name */
export function placementPolicy(name: string): PlacementPolicy {
  const found = placementPolicies.find((policy) => policy.name === name);
  if (found !== undefined) return found;
  const names = placementPolicies.map((policy) => policy.name).join(', ');
  throw new UserError({ message: `placement: expected one of ${names}, got "${name}"` });
}
