export { correlatedFaults, type Incident } from './faults.ts';
export { guestsInSteps, simulateGuests } from './guests/simulate.ts';
export type {
  GuestShape,
  GuestsMoment,
  GuestsOutcome,
  GuestsSimulation,
  GuestTimes,
} from './guests/options.ts';
export { rebalancings, type Move, type Rebalance } from './guests/rebalance.ts';
export { roomInSteps, type RoomOutcome, type RoomSimulation } from './room/fill.ts';
export { wholly, type InSteps } from './in-steps.ts';
export {
  unevenSizes,
  type ServicesMoment,
  type ServicesOutcome,
  type ServicesSimulation,
  type SharingTimes,
} from './services/options.ts';
export { servicesInSteps, simulateServices } from './services/simulate.ts';
export { workloads, type WorkloadName } from './workload/list.ts';
export { readTrace, traceWorkload, type Trace } from './workload/trace.ts';
export type { Workload } from './workload/workload.ts';
