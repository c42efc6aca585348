import type { CreateBoundary, CreateStamps } from '../../../platform/operations/create.ts';

type PhaseEnds = readonly (readonly [string, CreateBoundary])[];

const beforeStart = [
  ['provision', 'provisioned'],
  ['define', 'defined'],
  ['spawn', 'monitor'],
] as const satisfies PhaseEnds;

/** The contiguous phases of the creation of a guest that boots, each with the boundary that ends it. */
export const bootPhaseEnds = [
  ...beforeStart,
  ['firmware', 'kernel'],
  ['kernel', 'init'],
  ['userspace', 'agent'],
  ['ready', 'service'],
] as const satisfies PhaseEnds;

/** The same of a guest that is restored: `identity` includes the first answer of its agent. */
export const restorePhaseEnds = [
  ...beforeStart,
  ['restore', 'restored'],
  ['identity', 'identity'],
  ['ready', 'service'],
] as const satisfies PhaseEnds;

export type CreationPhase =
  (typeof bootPhaseEnds)[number][0] | (typeof restorePhaseEnds)[number][0] | 'unaccounted';

/** Those that a guest with these stamps goes through. */
export function phaseEndsOf(stamps: CreateStamps): typeof bootPhaseEnds | typeof restorePhaseEnds {
  return stamps.restored === undefined ? bootPhaseEnds : restorePhaseEnds;
}

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
  for (const [phase, boundary] of phaseEndsOf(stamps)) {
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
