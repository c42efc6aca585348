import type { CreatedGuest } from '../../../platform/operations/create.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import { creationMetrics } from './metrics.ts';
import { creationPhases, phaseEndsOf } from './phases.ts';

/** From the request to the first correct answer of the guest's service. */
export const creation: Measurement = {
  metrics: creationMetrics,
  kind: 'measured',
  needsGuests: true,
  dataBytes: () => 0,
  run(scope) {
    scope.guests.forEach((created, guest) => recordGuest(scope, created, guest));
    const starts = scope.guests.map(({ stamps }) => stamps.requested);
    const ends = scope.guests.map(({ stamps }) => stamps.service);
    scope.record('creation.all', Math.max(...ends) - Math.min(...starts));
    return Promise.resolve();
  },
};

function recordGuest(scope: TrialScope, { stamps, checks }: CreatedGuest, guest: number): void {
  const { requested, service } = stamps;
  scope.record('creation.total', service - requested, { guest });
  for (const { phase, duration } of creationPhases(stamps)) {
    scope.record('creation.phase', duration, { guest, phase });
  }
  for (const observer of ['monitor', 'init', 'agent', 'service'] as const) {
    const stamp = stamps[observer];
    if (stamp === undefined) continue;
    scope.record('creation.end-point', stamp - requested, { guest, observer });
  }
  for (const [phase, boundary] of phaseEndsOf(stamps)) {
    const at = stamps[boundary];
    if (at === undefined) continue;
    const check = checks[boundary];
    const difference = check === undefined ? undefined : at - check;
    scope.event({
      guest,
      event: 'phase-end',
      phase,
      at,
      ...(difference !== undefined && { check: { source: checkSources[boundary], difference } }),
    });
    if (difference === undefined) continue;
    scope.record('creation.boundary-difference', difference, { guest, phase });
  }
}

const checkSources = {
  provisioned: 'none',
  defined: 'none',
  monitor: "the hypervisor's stamp of letting the CPUs go",
  kernel: "the hypervisor's stamp of the first byte on the console",
  init: "the guest's clock, mapped",
  restored: "the hypervisor's stamp of letting the CPUs go",
  identity: "the guest's clock, mapped",
  agent: "the guest's clock, mapped",
  service: "the guest's clock, mapped",
} as const;
