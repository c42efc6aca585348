import type { CreateBoundary, CreateStamps } from '../../../platform/operations/create.ts';

/** The contiguous phases of guest creation, each with the boundary that ends it. */
export const phaseEnds = [
  ['provision', 'provisioned'],
  ['define', 'defined'],
  ['spawn', 'monitor'],
  ['firmware', 'kernel'],
  ['kernel', 'init'],
  ['userspace', 'agent'],
  ['ready', 'service'],
] as const satisfies readonly (readonly [string, CreateBoundary])[];

export type CreationPhase = (typeof phaseEnds)[number][0] | 'unaccounted';

/**
 * Lengths in seconds, from the request to the first answer of the service; their sum is exactly
 * that. An agent that answers after the service ends its phase with the service's answer. A boundary
 * that was not seen has no phase, and the time up to the next one is `unaccounted`.
 */
export function creationPhases(
  stamps: CreateStamps & { requested: number; service: number },
): { phase: CreationPhase; duration: number }[] {
  const phases: { phase: CreationPhase; duration: number }[] = [];
  let unaccounted = 0;
  let start = stamps.requested;
  let missing = false;
  for (const [phase, boundary] of phaseEnds) {
    const stamp = stamps[boundary];
    if (stamp === undefined) {
      missing = true;
      continue;
    }
    const end = Math.min(Math.max(stamp, start), stamps.service);
    if (missing) unaccounted += end - start;
    else phases.push({ phase, duration: end - start });
    missing = false;
    start = end;
  }
  return [...phases, { phase: 'unaccounted', duration: unaccounted }];
}
