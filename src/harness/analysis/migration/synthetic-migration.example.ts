import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../base/stats/random.ts';
import { normalQuantile } from '../../../base/stats/normal.ts';
import { migrationMetrics } from '../../measure/migration/metrics.ts';
import type { Arm, Event, Level, Run, Sample, Trial } from '../../results/schema.ts';
import { syntheticRun } from '../synthetic-run.example.ts';
import type { ObserverName } from './observers.ts';

type Downtimes = Partial<Record<ObserverName, number>>;

/** What a synthetic run of migrations is to look like. For tests: no figure of it was measured. */
export interface SyntheticMigration {
  seed?: string;
  factors?: Record<string, Level[]>;
  blocks?: number;
  /** Numbers of trials that fail, and that do not converge. */
  failed?: number[];
  notConverged?: number[];
  /** Acknowledged writes that are missing after a trial, by its number. */
  lostWrites?: Record<number, number>;
  /** Medians of the downtimes of an arm, in seconds. */
  downtimes?: (arm: Arm) => Downtimes;
  /** Medians of the floors, in seconds. */
  floors?: Partial<Record<ObserverName, number>>;
  /** Median of the total time, in seconds. */
  length?: number;
  change?: (run: Run) => Run;
}

/** Post-copy: the hypervisor's figure is small, the network's large. Pre-copy: all much alike. */
function typicalDowntimes({ method, dirtyRate }: Arm): Downtimes {
  const busy = Number(dirtyRate ?? 0) > 0 ? 1.6 : 1;
  return method === 'post-copy'
    ? {
        'hypervisor-reported': 0.008,
        'hypervisor-events': 0.026,
        network: 0.72 * busy,
        guest: 0.022,
        disk: 0.75 * busy,
      }
    : {
        'hypervisor-reported': 0.082 * busy,
        'hypervisor-events': 0.091 * busy,
        network: 0.124 * busy,
        guest: 0.088 * busy,
        disk: 0.118 * busy,
      };
}

const typicalFloors = { 'hypervisor-events': 0, network: 0.011, guest: 0.019, disk: 0.034 };
const typicalErrors = {
  'hypervisor-events': [0.0002, 0.0003],
  network: [0.0007, 0.0009],
  guest: [0.0011, 0.002],
  disk: [0.0048, 0.004],
} as const;

/** Writes a run folder as the runner would. */
export function writeSyntheticMigration(folder: string, options: SyntheticMigration = {}): void {
  const { run, trials, samples, events } = syntheticMigration(options);
  const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  mkdirSync(join(folder, 'artifacts'), { recursive: true });
  writeFileSync(join(folder, 'run.json'), `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(join(folder, 'trials.ndjson'), lines(trials));
  writeFileSync(join(folder, 'samples.ndjson'), lines(samples));
  writeFileSync(join(folder, 'events.ndjson'), lines(events));
}

/** The same, kept in memory. */
export function syntheticMigration({
  seed = '9f02',
  factors = { method: ['pre-copy', 'post-copy'], dirtyRate: [0, 40 * 2 ** 20] },
  blocks = 6,
  failed = [],
  notConverged = [],
  lostWrites = {},
  downtimes = typicalDowntimes,
  floors = typicalFloors,
  length = 1.6,
  change = (run) => run,
}: SyntheticMigration = {}): { run: Run; trials: Trial[]; samples: Sample[]; events: Event[] } {
  const random = seededRandom(seed);
  // Of its own, so that the arms of the trials do not depend on how they end.
  const order = random.fork('order');
  const normal = () => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random.next())));
  const noisy = (value: number, sigma = 0.06) => value * Math.exp(sigma * normal());
  const template = syntheticRun({ factors, blocks: 0, measure: [] }).run;
  const trials: Trial[] = [];
  const samples: Sample[] = [];
  const events: Event[] = [];
  let now = 0;
  for (let block = 0; block < blocks; block++) {
    for (const arm of order.shuffle(template.arms)) oneTrial(block, arm);
  }
  const host = {
    cpu: 'Intel Xeon Processor (Cascadelake)',
    cpus: 2,
    memory: 23 * 2 ** 30,
    kernel: '6.18.5',
    versions: { qemu: '7.2.22' },
    clockUncertainty: 0.00004,
    standIn: 'namespace of the controller',
  };
  const run: Run = {
    ...template,
    id: `2026-11-20-migration-basics-${seed}`,
    scenario: {
      name: 'migration-basics',
      description: 'How long is a service away while its guest moves?',
      fixed: { hypervisor: 'qemu', accelerator: 'auto', disk: 'shared', storage: 'shared' },
      measure: { migration: {} },
      repeat: { trials: blocks },
    },
    source: 'scenarios/migration-basics.yaml',
    seed,
    planned: trials.length,
    endedAt: new Date(Date.UTC(2026, 10, 20, 14, 3, 27) + Math.round(now * 1000)).toISOString(),
    environment: {
      ...template.environment,
      storages: {
        shared: {
          ...{ kind: 'moosefs', label: 'MooseFS', standIn: 'MooseFS', filesystem: 'fuse.mfs' },
          ...{ device: '0:52', free: 40 * 2 ** 30, directIo: true, reflink: false },
        },
      },
      hosts: { a: host, b: host, c: host },
    },
    metrics: { ...migrationMetrics },
  };
  return { run: change(run), trials, samples, events };

  function oneTrial(block: number, arm: Arm): void {
    const trial = trials.length;
    const startedAt = now;
    const state = failed.includes(trial)
      ? 'failed'
      : notConverged.includes(trial)
        ? 'not-converged'
        : 'completed';
    const total = noisy(state === 'not-converged' ? 4 : length, 0.08);
    const origin = startedAt + 3 + total;
    now += 2 * total + 8;
    trials.push({
      ...{ trial, block, arm, state, startedAt, duration: now - startedAt },
      ...(state === 'failed'
        ? { reason: { message: 'host b is lost: its connection was closed' } }
        : {}),
      ...(state === 'not-converged'
        ? { reason: { message: 'not switched over within 4 s; cancelled, the source runs' } }
        : {}),
    });
    if (state === 'failed') return;
    const add = (metric: string, value: number, rest: Partial<Sample> = {}) =>
      samples.push({
        ...{ metric, value, unit: migrationMetrics[metric]?.unit ?? '', arm, trial },
        ...{ kind: 'measured' as const, at: now },
        ...rest,
      });
    for (const [observer, floor] of Object.entries(floors)) {
      add('migration.floor', noisy(floor, 0.3), { observer });
    }
    for (const [observer, [bias, spread]] of Object.entries(typicalErrors)) {
      for (let iteration = 0; iteration < 3; iteration++) {
        const error = bias + spread * normal();
        add('migration.calibration-error', error, { observer, iteration });
      }
    }
    const p99 = { control: noisy(0.0042), migration: noisy(0.19), after: noisy(0.0045) };
    for (const [phase, value] of Object.entries(p99)) {
      add('migration.latency', value / 3, { phase, percentile: 50 });
      add('migration.latency', value, { phase, percentile: 99 });
    }
    const typical = downtimes(arm);
    const own = Object.fromEntries(
      Object.entries(typical).map(([observer, value]) => [observer, noisy(value)]),
    ) as Downtimes;
    add('migration.transferred', noisy(146e6));
    if (state === 'completed') {
      add('migration.total-time', total);
      for (const [observer, value] of Object.entries(own)) {
        add('migration.downtime', value, { observer });
        add('migration.outages', value * 1.1, { observer });
      }
      add('migration.lost-work', noisy((own.network ?? 0) * 1.3));
      add('migration.rounds', 4);
      add('migration.lost-writes', lostWrites[trial] ?? 0);
    }
    record(trial, arm, origin, total, state === 'completed' ? own : undefined);
  }

  /** @param own - the downtimes; absent where it did not converge */
  function record(
    trial: number,
    arm: Arm,
    origin: number,
    total: number,
    own: Downtimes | undefined,
  ): void {
    const postCopy = arm['method'] === 'post-copy';
    const event = (name: string, at: number, rest: Partial<Event> = {}) =>
      events.push({ trial, event: name, at: origin + at, ...rest });
    const step = (name: string, at: number, figures?: Record<string, number>) =>
      event(`migration.${name}`, at, figures === undefined ? {} : { figures });
    const window = (phase: string, at: number, duration: number) =>
      event('window', at, { phase, figures: { duration } });
    window('control', -total - 1, total);
    window('migration', 0, total);
    window('after', total, total);
    const stopped = own?.['hypervisor-events'] ?? 0;
    const away = own?.network ?? 0;
    const stop = own === undefined ? Infinity : postCopy ? 0.5 : total - stopped;
    step('start', 0);
    const rounds = own === undefined ? 9 : postCopy ? 1 : 4;
    const until = Math.min(stop, total);
    let sent = 0;
    for (let round = 1; round <= rounds; round++) {
      const at = round === 1 ? 0.02 : until * (1 - 0.45 ** (round - 1));
      sent = 146e6 * (at / total);
      step('round', at, { round, transferred: sent, remaining: 270e6 - sent });
    }
    for (let at = 0.1; at < total; at += 0.1) {
      const dirtyRate = Number(arm['dirtyRate'] ?? 0) * (0.9 + 0.1 * Math.sin(9 * at)) + 2e5;
      const transferred = 146e6 * (at / total);
      step('progress', at, { transferred, remaining: Math.max(0, 270e6 - transferred), dirtyRate });
    }
    if (own !== undefined) {
      if (postCopy) step('post-copy', stop);
      step('stop', stop);
      step('resume', stop + stopped);
      step('completed', total, { transferred: 146e6 });
      step('answered', stop + away);
      for (const [observer, duration] of Object.entries(own)) {
        const at = stop - 0.002;
        event('outage', at, { observer, phase: 'migration', figures: { duration } });
      }
    }
    const bin = 0.02;
    for (let at = -total - 1; at < 2 * total; at += bin) {
      const out = at > stop && at < stop + away;
      const load = at > 0 && at < total ? 2.5 : 1;
      const figures = out
        ? { bin, answered: 0, unanswered: 20 }
        : { bin, worst: noisy(0.0011 * load, 0.35), answered: 20, unanswered: 0 };
      event('probe', at, { observer: 'network', figures });
    }
  }
}
