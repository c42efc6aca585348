export { Placer, type PlacerOptions } from './placer.ts';
export { placeByScan } from './place-by-scan.ts';
export { placementPolicies, placementPolicy } from './policies/list.ts';
export type { Narrowing } from './candidates.ts';
export type { OrderContext, PlacementPolicy } from './policy.ts';
