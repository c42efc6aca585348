import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { observerNames } from '../harness/observe/observer.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import type { Event, Sample } from '../harness/results/schema.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { labDown, labExists, labUp } from '../platform/lab/index.ts';
import { connectHosts } from '../platform/remote/connect-host.ts';
import type { Host } from '../platform/remote/host.ts';
import { loadInventory } from '../platform/remote/inventory/load.ts';
import { Workplace } from './virtgauge.example.ts';

const absent = (programs: readonly string[]) =>
  programs.filter((program) => spawnSync(program, ['-V']).error !== undefined);
const isRoot = process.getuid?.() === 0;
const missing = absent(['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc']);
const missingForLab = [
  ...missing,
  ...absent(['/usr/sbin/sshd', 'ip', 'tcpdump']),
  ...(isRoot ? [] : ['root']),
];
if (missingForLab.length > 0 && process.env.CI === 'true') {
  throw new Error(`missing: ${missingForLab.join(', ')}`);
}

const seeing = observerNames.filter((name) => name !== 'hypervisor-reported');
const place = new Workplace();
const one = ['--set', 'repeat.trials=1', '--set', 'measure.migration.window=1s'];
const basics = ['run', 'scenarios/migration-basics.yaml', ...one];

afterEach(() => expect(place.ledgers()).toEqual([]));
afterAll(() => place.remove());

function lines<Line>(folder: string, name: string): Line[] {
  const text = readFileSync(join(folder, name), 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as Line);
}

/** What a trial recorded of a metric. */
const samplesOf = (folder: string, trial = 0) => {
  const all = lines<Sample>(folder, 'samples.ndjson').filter((each) => each.trial === trial);
  return (metric: string) => all.filter((each) => each.metric === `migration.${metric}`);
};

/** A guest that moved, as all observers saw it, and that lost nothing. */
function expectMoved(folder: string, trial = 0): void {
  const of = samplesOf(folder, trial);
  expect(of('downtime').map(({ observer }) => observer)).toEqual(
    expect.arrayContaining([...observerNames]),
  );
  const [events] = of('downtime').filter(({ observer }) => observer === 'hypervisor-events');
  for (const { value, observer } of of('downtime')) {
    expect(value, observer).toBeGreaterThanOrEqual(0);
    // QEMU counts whole milliseconds, and an idle guest may be away for less than one.
    if (value > 0 || observer === 'hypervisor-reported') continue;
    // Who saw nothing cannot see finer: a step may be off by as much as it is long.
    const resolution = of('resolution').find((each) => each.observer === observer)?.value;
    expect(events?.value, observer).toBeLessThanOrEqual(2 * (resolution ?? 0));
  }
  for (const metric of ['floor', 'calibration-error', 'outages']) {
    expect(of(metric).map(({ observer }) => observer)).toEqual([...seeing]);
  }
  expect(of('writes')[0]?.value).toBeGreaterThan(0);
  expect(of('lost-writes')).toMatchObject([{ value: 0 }]);
  expect(of('lost-work')).toHaveLength(1);
  const [total] = of('total-time');
  expect(total?.value).toBeGreaterThan(events?.value ?? Infinity);

  const events0 = lines<Event>(folder, 'events.ndjson').filter((each) => each.trial === trial);
  const steps = events0.map(({ event }) => event).filter((event) => /^migration\./.test(event));
  for (const step of ['start', 'stop', 'resume', 'answered']) {
    expect(steps).toContain(`migration.${step}`);
  }
  for (const file of ['network-probe.txt', 'http-load.txt', 'witness-check-image.json']) {
    expect(existsSync(join(folder, 'artifacts', String(trial), file)), file).toBe(true);
  }
}

describe.skipIf(missing.length > 0)(
  `migration on one machine (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('moves a guest between two folders, and reports it', async () => {
      const folder = join(place.folder, 'here');
      const arm = ['--filter', 'method=pre-copy,dirtyRate=8388608'];
      const outcome = await place.run(...basics, ...arm, '--output', folder);
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      expect(readTrials(folder)).toMatchObject([
        { state: 'completed', hosts: ['localhost-a', 'localhost-b'] },
      ]);
      expectMoved(folder);
      expect(samplesOf(folder)('dirty-rate')[0]?.value).toBeGreaterThan(0);
      const report = readFileSync(join(folder, 'report/index.html'), 'utf8');
      expect(report).toContain('No acknowledged write was lost in 1 checked migration');
    });

    it('tells that a migration did not converge; the guest goes on and has lost nothing', async () => {
      const folder = join(place.folder, 'endless');
      const slow = ['--set', 'fixed.bandwidth=1MiB', '--set', 'measure.migration.timeout=2s'];
      const arm = ['--filter', 'method=pre-copy,dirtyRate=8388608', '--no-report'];
      const outcome = await place.run(...basics, ...slow, ...arm, '--output', folder);
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      const [trial] = readTrials(folder);
      expect(trial).toMatchObject({ state: 'not-converged' });
      expect(trial?.reason?.message).toContain('did not converge within 2 s');
      const of = samplesOf(folder);
      expect(of('downtime')).toEqual([]);
      expect(of('lost-writes')).toMatchObject([{ value: 0 }]);
      expect(of('floor').map(({ observer }) => observer)).toEqual([...seeing]);
    });
  },
);

describe.skipIf(missingForLab.length > 0)(
  `migration in a lab (missing: ${missingForLab.join(', ') || 'nothing'})`,
  () => {
    const name = 'migration-test';
    const inLab = ['--hosts', `lab:${name}`];
    let hosts: Host[] = [];

    beforeAll(async () => {
      const cache = cacheDirectory(process.env);
      const lab = await labUp({
        ...{ name, namespaces: 3, shared: 'directory', stateDirectory: place.state, cache },
      });
      hosts = await connectHosts(loadInventory(lab.inventoryPath));
    });

    afterAll(async () => {
      await Promise.all(hosts.map(({ shell }) => shell.close()));
      if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
    });

    it('moves guests by pre-copy and post-copy, watched from the third host', async () => {
      const folder = join(place.folder, 'lab');
      const arms = ['--filter', 'dirtyRate=0', '--no-report'];
      const outcome = await place.run(...basics, ...arms, ...inLab, '--output', folder);
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      const trials = readTrials(folder);
      expect(trials.map(({ state, hosts }) => ({ state, hosts }))).toEqual([
        { state: 'completed', hosts: ['h1', 'h2', 'h3'] },
        { state: 'completed', hosts: ['h1', 'h2', 'h3'] },
      ]);
      for (const { trial } of trials) {
        expectMoved(folder, trial);
        expect(existsSync(join(folder, 'artifacts', String(trial), 'network-br0.pcap'))).toBe(true);
      }
      const switched = lines<Event>(folder, 'events.ndjson').filter(
        ({ event }) => event === 'migration.post-copy',
      );
      const postCopy = trials.find(({ arm }) => arm['method'] === 'post-copy');
      expect(switched.map(({ trial }) => trial)).toEqual([postCopy?.trial]);
    });

    it('takes the disk along between local storages', async () => {
      const folder = join(place.folder, 'mirror');
      const scenario = ['run', 'scenarios/migration-storage.yaml', ...one, '--no-report'];
      const arm = ['--filter', 'storage=local', '--output', folder];
      const outcome = await place.run(...scenario, ...arm, ...inLab);
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      expectMoved(folder);
    });

    it('calibrates by held CPUs and a cut link; too few pauses are inconclusive', async () => {
      const outcome = await place.run(
        ...['calibrate', '--pauses', '50ms,200ms', '--times', '1', '--json', ...inLab],
      );
      expect(outcome, outcome.stderr).toMatchObject({ code: 4 });
      const { observers, on, watchedFrom } = JSON.parse(outcome.stdout) as {
        observers: { kind: string; observer: string; n: number; bias: number }[];
      } & Record<string, string>;
      expect([on, watchedFrom]).toEqual(['h1', 'h2']);
      expect(observers.map(({ kind, observer, n }) => `${kind} ${observer} ${n}`)).toEqual([
        ...seeing.map((observer) => `stop ${observer} 2`),
        'cut network 2',
      ]);
      // A gap that was not seen would be off by as much as the pause.
      for (const { bias } of observers) expect(bias).toBeGreaterThan(-0.1);
    });

    it('says who is left when the target dies in the middle', async () => {
      const folder = join(place.folder, 'dead');
      const slow = ['--set', 'fixed.bandwidth=4MiB', '--set', 'measure.migration.timeout=60s'];
      const arm = ['--filter', 'method=pre-copy,dirtyRate=0', '--no-report'];
      const running = place.start(...basics, ...slow, ...arm, ...inLab, '--output', folder);
      const target = hosts[1]?.shell;
      await until(async () => {
        const look = 'grep -qsa -e [-]incoming /proc/[0-9]*/cmdline && echo there || true';
        return (await target?.run(['sh', '-c', look]))?.stdout === 'there\n';
      });
      await sleep(1500);
      // The first process of a host takes all others with it.
      await target?.run(['sh', '-c', 'kill -TERM 1']).catch(() => undefined);
      const outcome = await running.outcome;
      expect(outcome, outcome.stderr).toMatchObject({ code: 2 });
      const [trial] = readTrials(folder);
      expect(trial).toMatchObject({ state: 'failed' });
      expect(trial?.reason?.message).toMatch(
        /h2 is out of reach.*the migration failed, the guest runs on h1 \(source\): /,
      );
      await labDown({ stateDirectory: place.state, name });
      await place.run('clean');
    });
  },
);

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let left = 600; left > 0; left--) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error('it did not come to that');
}
