import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent, MigrationMethod } from '../../../platform/hypervisor/migration.ts';
import type { CreatedGuest } from '../../../platform/operations/create.ts';
import { migrateGuest, type MigrationResult } from '../../../platform/operations/migrate.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { dirtyRateOf, loadBytes, startLoad } from '../../load/load.ts';
import { pauseFor, type KnownPause } from '../../observe/known-pauses.ts';
import type { Span } from '../../observe/observer.ts';
import { Watch } from '../../observe/watch.ts';
import { witnessSize, WriteWitness, type WitnessFindings } from '../../observe/witness.ts';
import { NotConverged, type Measurement, type TrialScope } from '../measurement.ts';
import { checkImage } from '../check-image.ts';
import { migrationMetrics } from './metrics.ts';
import type { MigrationOptions } from './options.ts';
import { recordMigration } from './record.ts';

/** Seconds for what a pause has held up. */
const settleAfterPause = 0.5;
/** Seconds that are watched at most after a migration, to match its length. */
const longestAfter = 10;

/** Seconds of a trial besides the migration: known pauses, what is watched afterwards, proofs. */
const around = 20;

/** One guest moves from the first host to the second, watched from the third. */
export const migration: Measurement = {
  metrics: migrationMetrics,
  kind: 'measured',
  needsGuests: true,
  needsHosts: 2,
  dataBytes: ({ load, measure }) =>
    sizeOf(measure.migration as MigrationOptions).bytes + loadBytes(load),
  async run(scope) {
    const [created] = scope.guests;
    const [, target] = scope.hosts;
    if (created === undefined || target === undefined) {
      throw new Error('a migration needs a guest and two hosts');
    }
    const { environment, scenario } = scope;
    const options = scenario.measure.migration as MigrationOptions;
    const watcher = scope.hosts[2] ?? scope.controller;
    const watch = await Watch.start(watcher, created.guest, environment, {
      rate: options.rate,
      http: scenario.load.http,
    });
    try {
      await new Trial(scope, options, created, target, watch).run();
    } finally {
      await watch.abandon();
    }
  },
};

/** Of the write witness; no bytes where there is none. */
function sizeOf({ witness, timeout, window, settle }: MigrationOptions) {
  if (witness === false) return witnessSize(0, 0);
  return witnessSize(witness.rate, timeout + window + settle + around);
}

/** What one trial does, in order. */
class Trial {
  readonly #scope: TrialScope;
  readonly #options: MigrationOptions;
  readonly #created: CreatedGuest;
  readonly #target: Host;
  readonly #watch: Watch;
  readonly #events: MigrationEvent[] = [];

  constructor(
    scope: TrialScope,
    options: MigrationOptions,
    created: CreatedGuest,
    target: Host,
    watch: Watch,
  ) {
    this.#scope = scope;
    this.#options = options;
    this.#created = created;
    this.#target = target;
    this.#watch = watch;
  }

  async run(): Promise<void> {
    const { clock, levels, scenario, dataOffset } = this.#scope;
    const { window, settle, timeout } = this.#options;
    const { guest: source } = this.#created;
    const size = sizeOf(this.#options);
    const fioAt = dataOffset + size.bytes;
    const loads = await startLoad(source, scenario.load, levels.dirtyRate, fioAt);
    const witness =
      size.bytes === 0 ? undefined : await WriteWitness.start(source, dataOffset, size);
    const control = await this.#during(window);
    const pauses = await this.#knownPauses();

    const began = clock.now();
    const result = await this.#move();
    const migration = { from: this.#at('start') ?? began, to: clock.now() };
    if (result.state === 'failed') throw await this.#failure(result);
    const moved = result.state === 'completed';
    const { guest } = moved ? result.guest : this.#created;
    // As long without a migration as with one, so that the floor is of the same length.
    const length = Math.min(longestAfter, migration.to - migration.from - window);
    const after = await this.#during(Math.max(settle, length));

    for (const { name, program } of loads) {
      const printed = await program.stop(guest.control);
      this.#scope.saveArtifact(`${name}.txt`, printed);
      const rate = name === 'dirty' ? dirtyRateOf(printed) : undefined;
      if (rate !== undefined) this.#scope.record('migration.dirty-rate', rate);
    }
    const findings = await witness?.stop(guest.control);
    const seen = await this.#watch.stop();
    const { report } = result;
    const events = this.#events.sort((a, b) => a.at - b.at);
    const windows = { control, pauses, migration, after };
    const writes = findings?.writes;
    recordMigration(
      this.#scope,
      { ...{ windows, seen, events, report, moved }, ...(writes && { writes }) },
      this.#options,
    );
    for (const { raw } of [seen.network, seen.events, ...(seen.http ? [seen.http] : [])]) {
      for (const { name, content } of raw) this.#scope.saveArtifact(name, content);
    }
    this.#scope.saveArtifact('hypervisor-report.json', JSON.stringify(report.raw, null, 2));
    if (witness && findings) {
      await this.#lostWrites(witness, findings, moved ? result.guest : undefined);
    }
    if (!moved) {
      throw new NotConverged(
        `the migration did not converge within ${timeout} s; the guest answers on its source`,
      );
    }
  }

  /** Waits and tells which stretch that was. */
  async #during(seconds: number): Promise<Span> {
    const { clock, signal } = this.#scope;
    const from = clock.now();
    await sleep(seconds * 1000, undefined, { signal });
    return { from, to: clock.now() };
  }

  async #knownPauses(): Promise<KnownPause[]> {
    const { clock } = this.#scope;
    const { calibration } = this.#options;
    const pauses: KnownPause[] = [];
    if (calibration === false) return pauses;
    for (let time = 0; time < calibration.times; time++) {
      pauses.push(await pauseFor(this.#created.guest, clock, calibration.pause));
      await this.#during(settleAfterPause);
    }
    return pauses;
  }

  async #move(): Promise<MigrationResult> {
    const scope = this.#scope;
    const created = this.#created;
    const target = this.#target;
    const method = methodOf(scope, this.#options);
    const spec = await scope.arrival(0, target, method.disk);
    this.#watch.events.alsoOn(target);
    const onPrepared = (service?: CreatedGuest['guest']['service']) => {
      if (service) this.#watch.alsoAt(service);
    };
    const result = await migrateGuest(
      { created, target, spec, method, onPrepared },
      scope.signal,
      (event) => {
        this.#watch.events.migrationEvent(event);
        this.#events.push(event);
      },
    );
    if (result.state === 'completed') scope.moved(0, result.guest);
    if (result.state === 'failed' && result.guest) {
      scope.moved(0, { ...created, guest: result.guest });
    }
    if (
      method.method === 'post-copy' &&
      result.state === 'completed' &&
      this.#at('post-copy') === undefined
    ) {
      scope.warn(
        `it was over before its switchover to post-copy, ${method.postCopyAfter} s after its start: it was a pre-copy; set postCopyAfter to less`,
      );
    }
    return result;
  }

  #at(name: MigrationEvent['event']): number | undefined {
    return this.#events.find(({ event }) => event === name)?.at;
  }

  /** Looks for every acknowledged write; on the target also in the image that the guest leaves. */
  async #lostWrites(
    witness: WriteWitness,
    findings: WitnessFindings,
    moved: CreatedGuest | undefined,
  ): Promise<void> {
    const scope = this.#scope;
    const { guest } = moved ?? this.#created;
    const inGuest = await witness.checkInGuest(guest.control, findings);
    scope.saveArtifact('witness.log', findings.log);
    scope.saveArtifact('witness-check.json', inGuest.report);
    scope.record('migration.writes', findings.acknowledged);
    let { missing } = inGuest;
    if (moved) {
      await guest.destroy();
      const { host, spec } = guest;
      const part = { offset: scope.dataOffset, bytes: sizeOf(this.#options).bytes };
      const folder = await scope.folder(host);
      const inImage = await checkImage(host, spec.disk, part, folder, findings);
      scope.saveArtifact('witness-check-image.json', inImage.report);
      if (inImage.missing !== inGuest.missing) {
        scope.warn(
          `acknowledged writes missing: ${inGuest.missing} as the guest reads its disk, ${inImage.missing} in the image on ${host.name}`,
        );
      }
      missing = Math.max(missing, inImage.missing);
    }
    scope.record('migration.lost-writes', missing);
  }

  /** What there is of a failed migration is kept. */
  async #failure(result: Extract<MigrationResult, { state: 'failed' }>): Promise<Error> {
    const { reason, survivor, report } = result;
    for (const { event, at, figures } of this.#events) {
      this.#scope.event({ event: `migration.${event}`, at, ...(figures && { figures }) });
    }
    try {
      const { network, events } = await this.#watch.stop();
      for (const { name, content } of [...network.raw, ...events.raw]) {
        this.#scope.saveArtifact(name, content);
      }
    } catch (error) {
      this.#scope.warn(`nothing is kept of what was watched: ${(error as Error).message}`);
    }
    if (report !== undefined) {
      this.#scope.saveArtifact('hypervisor-report.json', JSON.stringify(report.raw, null, 2));
    }
    const { hosts } = this.#scope;
    const where = { source: hosts[0]?.name, target: hosts[1]?.name, none: undefined }[survivor];
    const left =
      where === undefined
        ? 'the guest is lost: no copy of it is known to run'
        : `the guest runs on ${where} (${survivor})`;
    return new Error(`the migration failed, ${left}: ${reason}`);
  }
}

function methodOf({ levels }: TrialScope, { timeout }: MigrationOptions): MigrationMethod {
  const { method, postCopyAfter, disk, multifd, xbzrle, autoConverge, downtimeLimit } = levels;
  return {
    ...{ method, postCopyAfter, disk, multifd, xbzrle, autoConverge, downtimeLimit, timeout },
    bandwidth: levels.bandwidth === 'unlimited' ? undefined : levels.bandwidth,
    transport: levels.transport,
  };
}
