import type { Scenario } from '../scenario/schema.ts';
import type { Measurement } from './measurement.ts';

/** Every measurement, loaded when a scenario asks for it; a new one is a folder and a line here. */
const measurements: Readonly<Record<string, () => Promise<Measurement>>> = {
  noop: async () => (await import('./noop/noop.ts')).noop,
  creation: async () => (await import('./creation/creation.ts')).creation,
  'guest-io': async () => (await import('./guest-io/guest-io.ts')).guestIo,
  migration: async () => (await import('./migration/migration.ts')).migration,
  hotplug: async () => (await import('./hotplug/hotplug.ts')).hotplug,
  // The last one: it takes the guests with it.
  crash: async () => (await import('./crash/crash.ts')).crash,
  p2v: async () => (await import('./p2v/p2v.ts')).p2v,
  failover: async () => (await import('./failover/failover.ts')).failover,
  sharing: async () => (await import('./sharing/sharing.ts')).sharing,
  manager: async () => (await import('./manager/manager.ts')).manager,
  wire: async () => (await import('./wire/wire.ts')).wire,
  simulation: async () => (await import('./simulation/simulation.ts')).simulation,
};

/** The measurements that a scenario asks for, in the order of this list. */
export async function loadMeasurements(scenario: Scenario): Promise<Measurement[]> {
  const wanted = Object.keys(measurements).filter(
    (name) => scenario.measure[name as keyof Scenario['measure']] !== undefined,
  );
  return Promise.all(wanted.map((name) => (measurements[name] as () => Promise<Measurement>)()));
}
