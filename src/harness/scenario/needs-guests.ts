import type { Scenario } from './schema.ts';

/** The first measurement of a scenario that starts guests; undefined if none does. */
export function needsGuests({ measure }: Scenario): 'creation' | 'guest-io' | undefined {
  if (measure.creation !== undefined) return 'creation';
  return measure['guest-io'] === undefined ? undefined : 'guest-io';
}
