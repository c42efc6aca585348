import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../base/stats/random.ts';
import { normalQuantile } from '../../base/stats/normal.ts';
import type { Arm, Event, Level, Metric, Run, Sample, Trial } from '../results/schema.ts';

/** What a synthetic run is to look like. For tests: no figure of it was measured. */
export interface Synthetic {
  seed?: string;
  factors?: Record<string, Level[]>;
  /** Whether a combination of levels is an arm; by default all are. */
  exists?: (arm: Arm) => boolean;
  blocks?: number;
  jobs?: string[];
  /** Measurements to have samples of. */
  measure?: ('creation' | 'guest-io' | 'noop')[];
  /** Numbers of trials that fail. */
  failed?: number[];
  /** Share by which everything is slower at the end of the run than at its beginning. */
  drift?: number;
  /** Relative standard deviation between trials. */
  noise?: number;
  change?: (run: Run) => Run;
}

const metrics: Record<string, Metric> = {
  'creation.total': {
    title: 'Guest creation, to the answer of its service',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'creation.all': { title: 'Creation of all guests of a trial', unit: 's', better: 'lower' },
  'creation.end-point': { title: 'Creation, to an end point', unit: 's', better: 'lower' },
  'creation.phase': { title: 'Phase of creation', unit: 's', better: 'lower' },
  'creation.boundary-difference': {
    title: 'Boundary against its independent stamp',
    unit: 's',
    better: 'neither',
  },
  'guest-io.throughput': {
    title: 'Throughput of all guests together',
    unit: 'B/s',
    better: 'higher',
    headline: true,
  },
  'guest-io.iops': { title: 'Requests of all guests together', unit: '1/s', better: 'higher' },
  'guest-io.latency': { title: 'Completion latency', unit: 's', better: 'lower' },
  'guest-io.guest-throughput': { title: 'Throughput of one guest', unit: 'B/s', better: 'higher' },
  'guest-io.steady': { title: 'Steady state reached', unit: 'ratio', better: 'neither' },
  'guest-io.start-spread': {
    title: 'Time between the first and the last guest to begin',
    unit: 's',
    better: 'neither',
  },
  'noop.total': { title: 'Empty trial', unit: 's', better: 'lower', headline: true },
};

const phases = {
  define: 0.012,
  spawn: 0.19,
  firmware: 0.42,
  kernel: 1.31,
  userspace: 0.62,
  ready: 0.08,
  unaccounted: 0.004,
};
const percentiles = [50, 75, 90, 95, 99, 99.5, 99.9];
const baseThroughput: Record<string, number> = {
  seqread: 812e6,
  seqwrite: 231e6,
  randread: 61.7e6,
  randwrite: 38.4e6,
};

/** Writes a run folder as the runner would, from figures drawn at random from a seed. */
export function writeSyntheticRun(folder: string, options: Synthetic = {}): void {
  writeRun(folder, syntheticRun(options));
}

/** Writes what was made up as a run folder. */
export function writeRun(
  folder: string,
  { run, trials, samples, events }: ReturnType<typeof syntheticRun>,
): void {
  const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  mkdirSync(join(folder, 'artifacts'), { recursive: true });
  writeFileSync(join(folder, 'run.json'), `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(join(folder, 'trials.ndjson'), lines(trials));
  writeFileSync(join(folder, 'samples.ndjson'), lines(samples));
  writeFileSync(join(folder, 'events.ndjson'), lines(events));
}

/** The same, kept in memory. */
export function syntheticRun({
  seed = '41c7',
  factors = { storage: ['local', 'shared'], provisioning: ['copy', 'clone'], guests: [1, 4] },
  exists = () => true,
  blocks = 8,
  jobs = ['seqread', 'randread', 'randwrite'],
  measure = ['creation', 'guest-io'],
  failed = [],
  drift = 0,
  noise = 0.03,
  change = (run) => run,
}: Synthetic): { run: Run; trials: Trial[]; samples: Sample[]; events: Event[] } {
  const random = seededRandom(seed);
  const normal = () => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random.next())));
  const noisy = (value: number, sigma = noise) => value * Math.exp(sigma * normal());
  const arms = crossed(factors).filter(exists);
  const trials: Trial[] = [];
  const samples: Sample[] = [];
  let now = 0;
  const total = blocks * arms.length;
  for (let block = 0; block < blocks; block++) {
    for (const arm of random.shuffle(arms)) {
      const trial = trials.length;
      const startedAt = now;
      const slow = 1 + (drift * trial) / total;
      const duration = noisy(4.3 * Number(arm['guests'] ?? 1) ** 0.4);
      now += duration;
      const isFailed = failed.includes(trial);
      trials.push({
        trial,
        block,
        arm,
        state: isFailed ? 'failed' : 'completed',
        startedAt,
        duration,
        ...(isFailed
          ? {
              reason: {
                message: 'guest 0 did not answer within 60 s',
                artifact: `artifacts/${trial}/guest-0.console`,
              },
            }
          : {}),
      });
      if (isFailed) continue;
      const common = { arm, trial, kind: 'measured' as const, at: now };
      const add = (metric: string, value: number, rest: Partial<Sample> = {}) =>
        samples.push({ metric, value, unit: metrics[metric]?.unit ?? '', ...common, ...rest });
      if (measure.includes('noop')) add('noop.total', noisy(0.00021, 0.2) * slow);
      if (measure.includes('creation')) creation(arm, slow, add);
      if (measure.includes('guest-io')) guestIo(arm, slow, add);
    }
  }
  const used = Object.fromEntries(
    Object.entries(metrics).filter(([name]) => measure.some((one) => name.startsWith(`${one}.`))),
  );
  const run: Run = {
    schema: 1,
    id: '2026-11-20-quickstart-41c7',
    scenario: {
      name: 'quickstart',
      description: 'What does a shared directory cost, and what does a clone save?',
      fixed: { hypervisor: 'qemu', accelerator: 'auto', format: 'qcow2', durability: 'synced' },
      measure: Object.fromEntries(measure.map((name) => [name, {}])),
      repeat: { trials: blocks },
    },
    source: 'scenarios/quickstart.yaml',
    overrides: [],
    seed,
    startedAt: '2026-11-20T14:03:27.000Z',
    endedAt: new Date(Date.UTC(2026, 10, 20, 14, 3, 27) + Math.round(now * 1000)).toISOString(),
    factors,
    arms,
    planned: total,
    environment: {
      virtgauge: '0.1.0',
      node: '20.20.2',
      machine: {
        cpu: 'Intel Xeon Processor (Cascadelake)',
        cpus: 2,
        memory: 23 * 2 ** 30,
        distribution: 'Debian GNU/Linux 12 (bookworm)',
        kernel: '6.18.5',
      },
      versions: {
        qemu: '7.2.22',
        'qemu-img': '7.2.22',
        'guest kernel': '6.1.0-56-cloud',
        fio: '3.33',
      },
      accelerator: {
        name: 'tcg',
        emulated: true,
        why: 'micro guest up in 2.4 s; under kvm it was not up within 20 s',
      },
      storages: {
        local: storage('local', 'local', '8:1'),
        shared: {
          ...storage('shared-directory', 'shared directory', '8:1'),
          standIn: 'shared directory',
        },
      },
    },
    metrics: used,
  };
  return { run: change(run), trials, samples, events: [] };

  function creation(
    arm: Arm,
    slow: number,
    add: (metric: string, value: number, rest?: Partial<Sample>) => void,
  ) {
    const guests = Number(arm['guests'] ?? 1);
    const load = guests ** 0.55;
    const shared = arm['storage'] === 'shared' ? 1.06 : 1;
    let all = 0;
    for (let guest = 0; guest < guests; guest++) {
      const provision = arm['provisioning'] === 'copy' ? 2.35 * load * shared : 0.11;
      let at = 0;
      for (const [phase, typical] of Object.entries({ provision, ...phases })) {
        const value = noisy(typical * (phase === 'provision' ? 1 : load), noise * 1.5) * slow;
        at += value;
        add('creation.phase', value, { guest, phase });
        add('creation.boundary-difference', Math.abs(0.003 * normal()), { guest, phase });
        const observer = { spawn: 'monitor', kernel: 'init', userspace: 'agent', ready: 'service' }[
          phase
        ];
        if (observer !== undefined) add('creation.end-point', at, { guest, observer });
      }
      add('creation.total', at, { guest });
      all = Math.max(all, at);
    }
    add('creation.all', all);
  }

  function guestIo(
    arm: Arm,
    slow: number,
    add: (metric: string, value: number, rest?: Partial<Sample>) => void,
  ) {
    const guests = Number(arm['guests'] ?? 1);
    const scale = guests / (1 + 0.34 * (guests - 1));
    for (const job of jobs) {
      const shared = arm['storage'] === 'shared' ? (job.includes('write') ? 0.81 : 0.99) : 1;
      const clone = arm['provisioning'] === 'clone' ? (job === 'randread' ? 0.9 : 0.98) : 1;
      const sum = noisy((baseThroughput[job] ?? 50e6) * scale * shared * clone) / slow;
      add('guest-io.throughput', sum, { job });
      add('guest-io.iops', sum / 4096, { job });
      for (const percentile of percentiles) {
        const tail = (-Math.log10(1 - percentile / 100)) ** 1.6;
        const latency =
          ((8 * 4096 * guests) / sum) * (0.7 + 0.9 * tail) * (shared < 1 ? 1 + tail / 8 : 1);
        add('guest-io.latency', noisy(latency, 0.05), { job, percentile });
      }
      for (let guest = 0; guest < guests; guest++) {
        add('guest-io.guest-throughput', noisy(sum / guests), { job, guest });
      }
      add('guest-io.steady', random.next() < 0.97 ? 1 : 0, { job });
    }
    add('guest-io.start-spread', Math.abs(0.004 * normal()));
  }
}

function crossed(factors: Record<string, Level[]>): Arm[] {
  return Object.entries(factors).reduce<Arm[]>(
    (arms, [factor, levels]) =>
      arms.flatMap((arm) => levels.map((level) => ({ ...arm, [factor]: level }))),
    [{}],
  );
}

function storage(kind: string, label: string, device: string) {
  return {
    kind,
    label,
    filesystem: 'ext4',
    device,
    free: 78 * 2 ** 30,
    directIo: true,
    reflink: false,
  };
}
