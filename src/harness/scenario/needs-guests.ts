import type { Scenario } from './schema.ts';

/** The first measurement of a scenario that starts guests; undefined if none does. */
export function needsGuests({ measure }: Scenario): (typeof withGuests)[number] | undefined {
  return withGuests.find((name) => measure[name] !== undefined);
}

const withGuests = [
  'creation',
  'guest-io',
  'migration',
  'hotplug',
  'crash',
  'p2v',
  'failover',
  'sharing',
] as const;
