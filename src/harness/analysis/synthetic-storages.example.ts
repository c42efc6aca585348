import type { Event, HostFacts, Run, StorageFacts, Trial } from '../results/schema.ts';
import { groupSamples } from './group-samples.ts';
import { syntheticRun, type Synthetic, writeRun } from './synthetic-run.example.ts';

/** A stand-in under a name that says what it is not. */
export const asLustre: StorageFacts = {
  kind: 'moosefs',
  label: 'MooseFS',
  standIn: 'MooseFS',
  filesystem: 'fuse.mfs',
  device: 'mfs:9421',
  free: 40 * 2 ** 30,
  directIo: true,
  directAlignment: 4096,
  reflink: false,
  facts: { 'client version': '3.0.117', 'mount options': 'rw,relatime', layout: '64 MiB chunks' },
  warnings: ['one of 3 chunk servers is full'],
  serverCache: 'server-warm',
};

/**
 * A synthetic run on `local` and on a MooseFS that is called `lustre`, with counters of the client, a
 * sentinel, and two contaminated trials of which the first was repeated. For tests.
 */
export function syntheticStorages(options: Synthetic = {}) {
  const made = syntheticRun({
    blocks: 6,
    jobs: ['randread'],
    factors: { storage: ['local', 'lustre'], provisioning: ['copy', 'clone'], guests: [1, 2, 4] },
    ...options,
    change: (run) => withStorages(options.change?.(run) ?? run),
  });
  const { run, samples } = made;
  const count = made.trials.length;
  const [first, second] = made.trials.filter(({ arm }) => arm['storage'] === 'lustre');
  const dirty = { contaminated: 'the sentinel on lustre took 4.2 times as long' };
  const trials = made.trials.map((trial) =>
    trial === first || trial === second ? { ...trial, ...dirty } : trial,
  );
  const repeat: Trial = { ...(first as Trial), trial: count, repeats: first?.trial ?? 0 };
  const repeated = samples
    .filter(({ trial }) => trial === first?.trial)
    .map((sample) => ({ ...sample, trial: count }));
  const slow = samples.map((sample) =>
    sample.trial === first?.trial ? { ...sample, value: sample.value * 4 } : sample,
  );
  const all = [...trials, repeat];
  return {
    run,
    trials: all,
    samples: [...slow, ...repeated],
    events: all.flatMap((trial) => eventsOf(trial)),
  };
}

/** Writes it as a run folder. */
export function writeSyntheticStorages(folder: string, options: Synthetic = {}): void {
  writeRun(folder, syntheticStorages(options));
}

/** What `analyse` takes of it. */
export function storagesInput(options: Synthetic = {}) {
  const { run, trials, samples, events } = syntheticStorages(options);
  return {
    ...{ run, trials, groups: groupSamples(samples) },
    eventsNamed: (names: readonly string[]) => events.filter(({ event }) => names.includes(event)),
  };
}

const host: HostFacts = {
  ...{ cpu: 'Xeon', cpus: 2, memory: 2 ** 34, kernel: '6.6.2' },
  ...{ versions: { qemu: '7.2.22' }, clockUncertainty: 0.0004 },
};
const hosts = { h1: { ...host, kernel: '6.1.0' }, h2: host, h3: host };

function withStorages(run: Run): Run {
  const { environment } = run;
  const local = { ...(environment.storages['local'] as StorageFacts) };
  return { ...run, environment: { ...environment, storages: { local, lustre: asLustre }, hosts } };
}

function eventsOf({ trial, arm, startedAt, duration, contaminated }: Trial): Event[] {
  const at = startedAt + duration;
  const guests = Number(arm['guests'] ?? 1);
  const slow = contaminated === undefined ? 1 : 4.2;
  const sentinel = { event: 'sentinel', phase: 'lustre', observer: 'h1' };
  const moved = Array.from({ length: guests }, (_, guest) => ({
    ...{ trial, guest, event: 'guest-bytes', at },
    figures: { read: 2 ** 23, written: 2 ** 24 },
  }));
  const jitter = 1 + ((trial * 7) % 5) / 50;
  const trace = {
    ...{ trial, at: startedAt, ...sentinel },
    figures: { write: 0.021 * slow * jitter, read: 0.008 * slow * jitter },
  };
  if (arm['storage'] !== 'lustre') return [trace, ...moved];
  const counters = ['h1', 'h2'].map((observer, index) => ({
    ...{ trial, event: 'storage-counters', phase: 'lustre', observer, at },
    figures: {
      'osc.read_bytes': (index === 0 ? 1.5 : 0) * guests * 2 ** 23,
      'osc.write_bytes': (index === 0 ? 1.25 : 0) * guests * 2 ** 24,
      'osc.read_bytes.count': 300 * guests,
      'osc.read_rpcs': index === 0 ? 24 * guests : 0,
      'osc.write_rpcs': index === 0 ? 80 * guests : 0,
      'osc.timeouts': 0,
    },
  }));
  return [trace, ...moved, ...counters];
}
