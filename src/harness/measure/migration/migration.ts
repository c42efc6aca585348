import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent, MigrationMethod } from '../../../platform/hypervisor/migration.ts';
import { migrateGuest, type MigrationResult } from '../../../platform/operations/migrate.ts';
import type { CreatedGuest } from '../../../platform/operations/create.ts';
import { loadBytes, startLoad } from '../../load/load.ts';
import { pauseFor, type KnownPause } from '../../observe/known-pauses.ts';
import { NotConverged, type Measurement, type TrialScope } from '../measurement.ts';
import { migrationMetrics } from './metrics.ts';
import type { MigrationOptions } from './options.ts';
import { recordMigration } from './record.ts';
import { Watch } from './watch.ts';
import { witnessBytes, WriteWitness } from './witness.ts';

/** Seconds for what a pause has held up. */
const settleAfterPause = 0.5;
/** Seconds that are watched at most after a migration, to match its length. */
const longestAfter = 30;

/** One guest moves from the first host to the second, watched from the third. */
export const migration: Measurement = {
  metrics: migrationMetrics,
  kind: 'measured',
  needsGuests: true,
  needsHosts: 2,
  dataBytes: ({ load }) => witnessBytes + loadBytes(load),
  async run(scope) {
    const options = scope.scenario.measure.migration as MigrationOptions;
    const [created] = scope.guests;
    const [, target] = scope.hosts;
    if (created === undefined || target === undefined) {
      throw new Error('a migration needs a guest and two hosts');
    }
    const watch = await Watch.start(
      scope,
      scope.hosts[2] ?? scope.controller,
      created.guest,
      options,
    );
    try {
      await observe(scope, options, created, watch);
    } finally {
      await watch.abandon();
    }
  },
};

async function observe(
  scope: TrialScope,
  options: MigrationOptions,
  created: CreatedGuest,
  watch: Watch,
): Promise<void> {
  const { clock, levels, scenario, dataOffset } = scope;
  const { guest } = created;
  const loads = await startLoad(
    guest.control,
    scenario.load,
    levels.dirtyRate,
    dataOffset + witnessBytes,
  );
  const witness =
    options.witness === false
      ? undefined
      : await WriteWitness.start(guest.control, dataOffset, options.witness.rate);
  const control = await during(scope, options.window);
  const pauses = await knownPauses(scope, options, created);

  const events: MigrationEvent[] = [];
  const began = clock.now();
  const result = await move(scope, options, created, watch, (event) => events.push(event));
  const ended = clock.now();
  if (result.state === 'failed') throw failure(result, scope);
  const now = result.state === 'completed' ? result.guest : created;
  const start = events.find(({ event }) => event === 'start')?.at ?? began;
  const windows = {
    ...{ control, pauses, migration: { from: start, to: ended } },
    // As long without a migration as with one, so that the floor is of the same length.
    after: await during(
      scope,
      Math.max(options.settle, Math.min(longestAfter, ended - start - options.window)),
    ),
  };

  for (const { name, program } of loads) {
    scope.saveArtifact(`${name}.txt`, await program.stop(now.guest.control));
  }
  const findings = await witness?.stop(now.guest.control);
  const seen = await watch.stop();
  events.sort((a, b) => a.at - b.at);
  recordMigration(
    scope,
    {
      ...{ windows, seen, events, report: result.report, witness: findings },
      moved: result.state === 'completed',
    },
    options,
  );
  for (const { raw } of [seen.network, seen.events, ...(seen.http ? [seen.http] : [])]) {
    for (const { name, content } of raw) scope.saveArtifact(name, content);
  }
  if (findings) {
    scope.saveArtifact('witness.log', findings.log);
    scope.saveArtifact('witness-check.json', findings.report);
  }
  scope.saveArtifact('hypervisor-report.json', JSON.stringify(result.report.raw, null, 2));
  if (result.state === 'not-converged') {
    throw new NotConverged(
      `the migration did not converge within ${options.timeout} s; the guest answers on its source`,
    );
  }
}

/** Waits and tells which stretch that was. */
async function during({ clock, signal }: TrialScope, seconds: number) {
  const from = clock.now();
  await sleep(seconds * 1000, undefined, { signal });
  return { from, to: clock.now() };
}

async function knownPauses(
  { clock, signal }: TrialScope,
  { calibration }: MigrationOptions,
  { guest }: CreatedGuest,
): Promise<KnownPause[]> {
  const pauses: KnownPause[] = [];
  if (calibration === false) return pauses;
  for (let time = 0; time < calibration.times; time++) {
    pauses.push(await pauseFor(guest, clock, calibration.pause));
    await sleep(settleAfterPause * 1000, undefined, { signal });
  }
  return pauses;
}

async function move(
  scope: TrialScope,
  options: MigrationOptions,
  created: CreatedGuest,
  watch: Watch,
  onEvent: (event: MigrationEvent) => void,
): Promise<MigrationResult> {
  const target = scope.hosts[1] as TrialScope['hosts'][number];
  const method = methodOf(scope, options);
  const spec = await scope.arrival(0, target, method.disk);
  watch.events.alsoOn(target);
  const result = await migrateGuest(
    {
      ...{ created, target, spec, method },
      onPrepared: (service) => service && watch.alsoAt(service),
    },
    scope.signal,
    (event) => {
      watch.events.migrationEvent(event);
      onEvent(event);
    },
  );
  if (result.state === 'completed') scope.moved(0, result.guest);
  if (result.state === 'failed' && result.guest) {
    scope.moved(0, { ...created, guest: result.guest });
  }
  return result;
}

function methodOf({ levels }: TrialScope, { timeout }: MigrationOptions): MigrationMethod {
  const { method, postCopyAfter, disk, multifd, xbzrle, autoConverge, downtimeLimit } = levels;
  return {
    ...{ method, postCopyAfter, disk, multifd, xbzrle, autoConverge, downtimeLimit, timeout },
    bandwidth: levels.bandwidth === 'unlimited' ? undefined : levels.bandwidth,
    transport: levels.transport,
  };
}

function failure(
  { reason, survivor }: Extract<MigrationResult, { state: 'failed' }>,
  { hosts }: TrialScope,
): Error {
  const where = { source: hosts[0]?.name, target: hosts[1]?.name, none: undefined }[survivor];
  const left =
    where === undefined ? 'the guest is lost' : `the guest runs on ${where} (${survivor})`;
  return new Error(`the migration failed, ${left}: ${reason}`);
}
