import type { SharingPolicy } from '../model.ts';
import { bestFit } from './best-fit.ts';
import { leastLoaded } from './least-loaded.ts';
import { ma2scfReconstructed } from './ma2scf-reconstructed.ts';
import { none } from './none.ts';
import { randomOrder } from './random.ts';
import { ratioFirst } from './ratio-first.ts';

/** Every way to choose donors; a new one is a file and a line here. */
export const sharingPolicies = {
  none,
  'ma2scf-reconstructed': ma2scfReconstructed,
  'ratio-first': ratioFirst,
  'best-fit': bestFit,
  'least-loaded': leastLoaded,
  random: randomOrder,
} satisfies Readonly<Record<string, SharingPolicy>>;

export type SharingPolicyName = keyof typeof sharingPolicies;
