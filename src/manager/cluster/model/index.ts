export { Cluster, width } from './cluster.ts';
export { checkCluster, type Origin } from './check.ts';
export type * from './description.ts';
export {
  nowhere,
  type Constraint,
  type GuestIndex,
  type HostIndex,
  type Place,
  type PlacementAnswer,
  type Refusal,
} from './place.ts';
export { amounts, kept, resources, type Amounts, type Resource } from './resources.ts';
export { snapshot } from './snapshot.ts';
