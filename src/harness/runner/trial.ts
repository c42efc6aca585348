import { setMaxListeners } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/stats/random.ts';
import type { CreateBoundary } from '../../platform/operations/create.ts';
import type { Host } from '../../platform/remote/host.ts';
import { NotConverged, type Measurement, type TrialScope } from '../measure/measurement.ts';
import type { RunFolder } from '../results/run-folder.ts';
import type { Arm, Event, Sample, Trial } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';
import { GuestFailure } from './guest-failure.ts';
import { clockWarnings, uncertainties } from './hosts/clock-warnings.ts';
import type { HostGroup } from './hosts/host-group.ts';
import { powerCut } from './hosts/power-cut.ts';
import { resetSource } from './hosts/reset-source.ts';
import { orAborted } from './or-aborted.ts';
import { orAbandoned } from './or-abandoned.ts';
import type { PlannedTrial } from './order.ts';
import type { TrialSentinels } from './sentinel/trial-sentinels.ts';
import { watchTrial } from './storage-watch/watch-trial.ts';
import type { Testbed } from './testbed.ts';
import type { TrialBed } from './trial-bed.ts';

export interface TrialContext {
  scenario: Scenario;
  measurements: readonly Measurement[];
  folder: RunFolder;
  testbed: Testbed | undefined;
  /** Where the trial is done. */
  group: HostGroup;
  clock: Clock;
  /** Where the run's time begins on `clock`, in seconds. */
  origin: number;
  signal: AbortSignal;
  /** The same for all arms of a block. */
  random: Random;
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

/** Seconds for a measurement to come to its own end when a host of its trial is lost. */
const graceOfLoss = 60;
/** Seconds between the end of a guest and ours, where somebody ends both. */
const graceOfEnd = 1;
/** Seconds for guests that are being created to be given up when the trial is aborted. */
const graceOfCreation = 20;

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
  const { measurements, testbed, group, clock, origin, signal } = context;
  const startedAt = clock.now();
  const collected: Collected = { samples: [], events: [], warnings: new Set(), artifacts: [] };
  const { stop, forget } = abortWhenLost(group, signal);
  // As many listen as there are guests, or requests on their way: that is no leak.
  setMaxListeners(0, stop);
  let state: Trial['state'] = 'completed';
  let reason: Trial['reason'];
  let bed: TrialBed | undefined;
  let unwatch: (() => Promise<void>) | undefined;
  let sentinels: TrialSentinels | undefined;
  try {
    await group.require();
    const before = await uncertainties(group.hosts);
    bed = testbed?.trial(plan.trial, group, levels);
    if (testbed && bed) {
      unwatch = watchTrial(testbed.pulses, bed, group);
      sentinels = testbed.sentinels.of(bed);
      await sentinels.before(stop);
      await bed.storages.begin();
      if (measurements.some(({ converts }) => converts === true)) {
        const { source } = group;
        if (source) await orAborted(resetSource(source, bed.controller.cache, stop), stop);
      } else if (!measurements.some(({ createsGuests }) => createsGuests === true)) {
        const created = bed.createGuests(stop, context.onBoundary);
        await orAbandoned(created, stop, graceOfCreation);
      }
      await orAborted(bed.storages.requireLayouts(bed.guests), stop);
    }
    for (const measurement of measurements) {
      const scope = trialScope(context, plan, arm, levels, measurement, bed, collected, stop);
      // A guest that hangs must not keep an interrupted run from ending.
      await orAborted(measurement.run(scope), stop);
    }
    await bed?.storages.requireWritable();
    for (const event of (await bed?.storages.counted(clock)) ?? []) {
      collected.events.push({ trial: plan.trial, ...event, at: event.at - origin });
    }
    for (const text of clockWarnings(before, await uncertainties(group.hosts))) {
      collected.warnings.add(text);
    }
    await Promise.all(collected.artifacts);
  } catch (error) {
    signal.throwIfAborted();
    state = error instanceof NotConverged ? 'not-converged' : 'failed';
    await Promise.allSettled(collected.artifacts);
    reason = await whyNot(context, plan.trial, bed, error as Error);
    if (bed !== undefined && state === 'failed') await soonAborted(signal);
  } finally {
    forget();
    await unwatch?.();
    if (!(context.keep && state === 'failed')) {
      for (const note of (await bed?.remove()) ?? []) collected.warnings.add(note);
    }
  }
  const duration = clock.now() - startedAt;
  const contaminated = group.loss() === undefined ? await sentinels?.after(signal) : undefined;
  for (const event of sentinels?.events ?? []) {
    collected.events.push({ trial: plan.trial, ...event, at: event.at - origin });
  }
  const noticed = [...(sentinels?.warnings ?? []), ...(bed?.storages.warnings ?? [])];
  for (const text of noticed) collected.warnings.add(text);
  const trial: Trial = {
    trial: plan.trial,
    block: plan.block,
    arm,
    state,
    startedAt: startedAt - origin,
    duration,
    ...(bed && { hosts: bed.hosts.map(({ name }) => name) }),
    ...(contaminated !== undefined && { contaminated }),
    ...(plan.repeats !== undefined && { repeats: plan.repeats }),
    ...(reason && { reason }),
    ...(collected.warnings.size > 0 && { warnings: [...collected.warnings] }),
  };
  return { trial, samples: collected.samples, events: collected.events };
}

/**
 * Whoever ends a job of a batch system, or a machine, ends guests and us at once, and we may hear of the
 * guests first.
 * @throws the reason of the signal, if it comes within a moment
 */
async function soonAborted(signal: AbortSignal): Promise<void> {
  await sleep(graceOfEnd * 1000, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/**
 * A host that is lost aborts the trial, but not at once: what a measurement makes of the loss, such
 * as a guest that stayed alive on the other host, is worth waiting for. A storage that does not
 * answer aborts it at once.
 */
function abortWhenLost(
  group: HostGroup,
  signal: AbortSignal,
): { stop: AbortSignal; forget: () => void } {
  if (group.hosts.length === 0) return { stop: signal, forget: () => undefined };
  const loss = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const ignore = group.onLost((why, kind) => {
    const abort = () => loss.abort(new Error(why));
    if (kind === 'storage') abort();
    else timer ??= setTimeout(abort, graceOfLoss * 1000);
  });
  return {
    stop: AbortSignal.any([signal, loss.signal]),
    forget: () => {
      ignore();
      clearTimeout(timer);
    },
  };
}

function trialScope(
  { scenario, folder, testbed, group, clock, origin, random }: TrialContext,
  { trial }: PlannedTrial,
  arm: Arm,
  levels: Levels,
  { metrics, kind }: Measurement,
  bed: TrialBed | undefined,
  collected: Collected,
  signal: AbortSignal,
): TrialScope {
  return {
    ...{ trial, levels, scenario, clock, signal, random },
    guests: bed?.guests ?? [],
    hosts: bed?.hosts ?? [],
    source: group.source,
    get controller() {
      return required(bed).controller;
    },
    get ledger() {
      return groundOf(bed, testbed).ledger;
    },
    address: () => required(bed).address(),
    get accelerator() {
      return required(bed).ground.accelerators.of(levels);
    },
    environment: bed?.environment ?? {},
    dataOffset: testbed?.dataOffset(levels) ?? 0,
    storageFile: (host, name) => required(bed).storageFile(host, name),
    folder: (host) => required(bed).folder(host),
    arrival: (guest, host, disk) => required(bed).arrival(guest, host, disk),
    addGuest: (host) => required(bed).addGuest(host, signal),
    moved: (guest, now) => required(bed).moved(guest, now),
    powerCut: (host, beforehand, meanwhile) =>
      powerCut({ host, group, clock, beforehand, meanwhile, ...groundOf(bed, testbed) }),
    record(metric, value, reading = {}) {
      const definition = metrics[metric];
      if (definition === undefined) throw new Error(`no metric called ${metric}`);
      if (!Number.isFinite(value)) throw new Error(`${metric}: expected a number, got ${value}`);
      const at = clock.now() - origin;
      const { unit } = definition;
      collected.samples.push({ metric, value, unit, arm, trial, kind, at, ...reading });
    },
    event(event) {
      const at = kind === 'simulated' ? event.at : event.at - origin;
      collected.events.push({ trial, ...event, at });
    },
    warn: (text) => collected.warnings.add(text),
    saveArtifact(name, content) {
      const written = writeFile(folder.artifact(`${trial}/${name}`), content);
      // It is awaited when the measurements are done; until then a failure must not go unheard.
      written.catch(() => undefined);
      collected.artifacts.push(written);
    },
  };
}

function groundOf(bed: TrialBed | undefined, testbed: Testbed | undefined) {
  if (testbed === undefined) throw new Error('a measurement without guests has no hosts');
  return { ledger: testbed.ledger, folder: (host: Host) => required(bed).folderOfRun(host) };
}

function required(bed: TrialBed | undefined): TrialBed {
  if (bed === undefined) throw new Error('a measurement without guests has no hosts');
  return bed;
}

/** Why a trial did not complete; what its guests' consoles said is kept beside the results. */
async function whyNot(
  { folder, group }: TrialContext,
  trial: number,
  bed: TrialBed | undefined,
  error: Error,
): Promise<NonNullable<Trial['reason']>> {
  const guests = bed?.guests ?? [];
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
  const lost = group.loss() ?? (await bed?.storages.readOnly());
  // What broke because a host or a storage was lost says less than the loss.
  const message =
    lost === undefined || error.message.includes(lost)
      ? error.message
      : `${lost}; ${error.message}`;
  return { message: message + faults.join(''), ...(artifact !== undefined && { artifact }) };
}
