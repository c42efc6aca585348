import { copyFile, writeFile } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import type { CreateBoundary, CreatedGuest } from '../../platform/operations/create.ts';
import type { Measurement, TrialScope } from '../measure/measurement.ts';
import type { RunFolder } from '../results/run-folder.ts';
import type { Arm, Event, Sample, Trial } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';
import { orAborted } from './or-aborted.ts';
import type { PlannedTrial } from './order.ts';
import { GuestFailure, type Testbed } from './testbed.ts';

export interface TrialContext {
  scenario: Scenario;
  measurements: readonly Measurement[];
  folder: RunFolder;
  testbed: Testbed | undefined;
  clock: Clock;
  /** Where the run's time begins on `clock`, in seconds. */
  origin: number;
  signal: AbortSignal;
  onBoundary: (guest: number, boundary: CreateBoundary) => void;
  /** Leave the guests of a failed trial as they are. */
  keep: boolean;
}

/** What a trial has found so far. */
interface Collected {
  samples: Sample[];
  events: Event[];
  warnings: Set<string>;
  /** Files that are being written. */
  artifacts: Promise<void>[];
}

export interface TrialOutcome {
  trial: Trial;
  samples: Sample[];
  events: Event[];
}

/**
 * Does one trial: creates its guests, lets every measurement look at them, ends them. What goes
 * wrong in it makes it a failed trial.
 * @throws the reason of the signal, if the run is to end: the trial does not count then
 */
export async function runTrial(
  context: TrialContext,
  plan: PlannedTrial,
  arm: Arm,
  levels: Levels,
): Promise<TrialOutcome> {
  const { measurements, testbed, clock, origin, signal } = context;
  const startedAt = clock.now();
  const collected: Collected = { samples: [], events: [], warnings: new Set(), artifacts: [] };
  let reason: Trial['reason'];
  let guests: CreatedGuest[] = [];
  try {
    if (testbed) {
      guests = await testbed.createGuests(plan.trial, levels, signal, context.onBoundary);
    }
    for (const measurement of measurements) {
      const scope = trialScope(context, plan, arm, levels, measurement, guests, collected);
      // A guest that hangs must not keep an interrupted run from ending.
      await orAborted(measurement.run(scope), signal);
    }
    await Promise.all(collected.artifacts);
  } catch (error) {
    signal.throwIfAborted();
    reason = await failure(context, plan.trial, guests, error as Error);
  } finally {
    if (!(context.keep && reason)) await testbed?.removeGuests(plan.trial, guests);
  }
  const trial: Trial = {
    trial: plan.trial,
    block: plan.block,
    arm,
    state: reason ? 'failed' : 'completed',
    startedAt: startedAt - origin,
    duration: clock.now() - startedAt,
    ...(reason && { reason }),
    ...(collected.warnings.size > 0 && { warnings: [...collected.warnings] }),
  };
  return { trial, samples: collected.samples, events: collected.events };
}

function trialScope(
  { scenario, folder, testbed, clock, origin, signal }: TrialContext,
  { trial }: PlannedTrial,
  arm: Arm,
  levels: Levels,
  { metrics, kind }: Measurement,
  guests: readonly CreatedGuest[],
  collected: Collected,
): TrialScope {
  return {
    ...{ trial, levels, scenario, guests, clock, signal },
    hosts: testbed?.hosts ?? [],
    environment: testbed?.mark ?? {},
    dataOffset: testbed?.dataOffset ?? 0,
    folder: () => Promise.reject(new Error('no folders on hosts yet')),
    arrival: () => Promise.reject(new Error('no second host yet')),
    moved: () => undefined,
    record(metric, value, reading = {}) {
      const definition = metrics[metric];
      if (definition === undefined) throw new Error(`no metric called ${metric}`);
      if (!Number.isFinite(value)) throw new Error(`${metric}: expected a number, got ${value}`);
      const at = clock.now() - origin;
      const { unit } = definition;
      collected.samples.push({ metric, value, unit, arm, trial, kind, at, ...reading });
    },
    event: (event) => collected.events.push({ trial, ...event, at: event.at - origin }),
    warn: (text) => collected.warnings.add(text),
    saveArtifact(name, content) {
      const written = writeFile(folder.artifact(`${trial}/${name}`), content);
      // It is awaited when the measurements are done; until then a failure must not go unheard.
      written.catch(() => undefined);
      collected.artifacts.push(written);
    },
  };
}

/** Why a trial failed; what its guests' consoles said is kept beside the results. */
async function failure(
  { folder }: TrialContext,
  trial: number,
  guests: readonly CreatedGuest[],
  error: Error,
): Promise<NonNullable<Trial['reason']>> {
  const consoles = guests.map(({ guest }, index) => ({ index, log: guest.spec.consoleLog }));
  if (error instanceof GuestFailure) consoles.push({ index: error.guest, log: error.consoleLog });
  const kept: string[] = [];
  for (const { index, log } of consoles) {
    const name = `${trial}/guest-${index}.console`;
    try {
      await copyFile(log, folder.artifact(name));
      kept.push(`artifacts/${name}`);
    } catch {
      // It never had a console.
    }
  }
  const [artifact] = kept;
  const faults = guests.flatMap(({ guest }, index) =>
    guest.faults.slice(0, 1).map((fault) => `; guest ${index}: ${fault}`),
  );
  return { message: error.message + faults.join(''), ...(artifact !== undefined && { artifact }) };
}
