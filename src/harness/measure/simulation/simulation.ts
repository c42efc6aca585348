import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  guestsInSteps,
  roomInSteps,
  servicesInSteps,
  type GuestsMoment,
  type InSteps,
  type ServicesMoment,
} from '../../../manager/simulator/index.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import { clusterOf } from './cluster-file.ts';
import { simulatedMoment } from './history.ts';
import { simulationMetrics, type SimulationMetric } from './metrics.ts';
import type { SimulationOptions } from './options.ts';
import { traceOf } from './trace-file.ts';
import { guestsWorld, roomWorld, servicesWorld, type World } from './worlds.ts';

/** Decisions of the manager on a simulated cluster: the same in every run of the same seed. */
export const simulation: Measurement = {
  metrics: simulationMetrics,
  kind: 'simulated',
  needsGuests: false,
  dataBytes: () => 0,
  prepare(scenario) {
    traceOf(scenario);
    clusterOf(scenario);
  },
  async run(scope) {
    const { scenario, levels, random } = scope;
    const options = scenario.measure.simulation as SimulationOptions;
    const world: World = {
      levels,
      options,
      random,
      trace: traceOf(scenario),
      cluster: clusterOf(scenario),
    };
    await subjects[options.subject](scope, world);
  },
};

const subjects: Readonly<
  Record<SimulationOptions['subject'], (scope: TrialScope, world: World) => Promise<void>>
> = {
  async guests(scope, world) {
    const outcome = await inTurns(guestsInSteps(guestsWorld(world)), scope.signal);
    const record = recorder(scope, world);
    record('simulation.unmet', outcome.unmet);
    record('simulation.overloaded', outcome.overloaded);
    record('simulation.refused', outcome.refused);
    record('simulation.used', outcome.used);
    record('simulation.freed', world.levels.hosts - outcome.used);
    record('simulation.imbalance', outcome.imbalance);
    record('simulation.moves', outcome.moves);
    if (world.levels.faults > 0) {
      record('simulation.lost', outcome.lost);
      if (outcome.lost > 0) record('simulation.restarted', outcome.restarted / outcome.lost);
      record('simulation.outage', outcome.outage);
    }
    recordHistory(scope, outcome.history);
  },

  async services(scope, world) {
    const outcome = await inTurns(servicesInSteps(servicesWorld(world)), scope.signal);
    const record = recorder(scope, world);
    record('simulation.unmet', outcome.unmet);
    record('simulation.overloaded', outcome.overloaded);
    record('simulation.relief', outcome.relief);
    record('simulation.grants', outcome.grants);
    record('simulation.donors', outcome.donors);
    recordHistory(scope, outcome.history);
  },

  async capacity(scope, world) {
    const outcome = await inTurns(roomInSteps(roomWorld(world)), scope.signal);
    const record = recorder(scope, world);
    if (world.cluster === undefined) {
      record('simulation.refused', outcome.refused / world.levels.guests);
    }
    record('simulation.fit', outcome.fit);
    record('simulation.survivable', outcome.survivable);
    for (const [phase, share] of outcome.taken) record('simulation.full', share, phase);
    for (const phase of obstacles) {
      record('simulation.obstacle', outcome.obstacles.get(phase) ?? 0, phase);
    }
  },
};

/** What hosts may lack for one more guest. */
const obstacles = ['cpu', 'memory', 'disk', 'disk I/O', 'N+1'] as const;

/** Lets signals and timers have their turn; ends with the reason of the signal. */
async function inTurns<Outcome>(steps: InSteps<Outcome>, signal: AbortSignal): Promise<Outcome> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
    signal.throwIfAborted();
  }
}

/** Samples are of the end of the simulated time. What there was none of has no figure. */
function recorder(scope: TrialScope, { options }: World) {
  return (metric: SimulationMetric, value: number | undefined, phase?: string) => {
    if (value === undefined) return;
    scope.record(metric, value, { at: options.duration, ...(phase !== undefined && { phase }) });
  };
}

function recordHistory(
  scope: TrialScope,
  history: readonly (GuestsMoment | ServicesMoment)[],
): void {
  for (const { time, ...figures } of history) {
    scope.event({ event: simulatedMoment, at: time, figures });
  }
}
