import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { readSamples } from '../harness/results/read-samples.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import type { Sample } from '../harness/results/schema.ts';
import { missingPrograms } from '../platform/missing-programs.example.ts';
import { expectPlannedTrials, markedQemus, Workplace } from './virtgauge.example.ts';

const missing = missingPrograms(['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc']);
const root = process.getuid?.() === 0;

const quickstart = 'scenarios/quickstart.yaml';
const place = new Workplace();
afterAll(() => place.remove());

describe.skipIf(missing.length > 0)(
  `first light (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('creates real guests on two storages, measures them and reports', async () => {
      const folder = join(place.folder, 'happy');
      const outcome = await place.run(
        ...['run', quickstart, '--output', folder, '--seed', '1'],
        ...['--set', 'factors.guests=[2]', '--set', 'factors.provisioning=[clone]'],
      );
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });

      const trials = readTrials(folder);
      expect(trials.map(({ state }) => state)).toEqual(Array(12).fill('completed'));
      const samples = samplesOf(folder);
      for (const { trial } of trials) {
        for (const guest of [0, 1]) expectCreation(samples, trial, guest);
        expectGuestIo(samples, trial);
      }
      expectReport(folder);
      expect(place.ledgers()).toEqual([]);
      expect(markedQemus(place.state)).toEqual([]);

      const before = readFileSync(join(folder, 'report/index.html'));
      expect((await place.run('report', folder)).code).toBe(0);
      expect(readFileSync(join(folder, 'report/index.html')).equals(before)).toBe(true);
    });

    it('goes on after SIGKILL as if nothing had happened', async () => {
      const folder = join(place.folder, 'killed');
      const running = place.start(...shortRun(folder), '--seed', '2');
      await until(() => running.output().includes('1/4 '));
      await sleep(1500);
      running.child.kill('SIGKILL');
      await running.outcome;
      expect(markedQemus(place.state).length).toBeGreaterThan(0);

      const resumed = await place.run('resume', folder);
      expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
      expectPlannedTrials(folder, '2', 2);
      expect(markedQemus(place.state)).toEqual([]);
      expect((await place.run('clean')).stdout).toMatch(/nothing/);
    });

    it('tears everything down on SIGTERM and says how to go on', async () => {
      const folder = join(place.folder, 'terminated');
      const running = place.start(...shortRun(folder));
      await until(() => running.output().includes('1/4 '));
      await until(() => markedQemus(place.state).length > 0);
      // As batch systems do it: everybody's, and the guests' first.
      for (const pid of markedQemus(place.state)) process.kill(pid, 'SIGTERM');
      await sleep(100);
      running.child.kill('SIGTERM');
      const { code, stderr } = await running.outcome;
      expect(code).toBe(130);
      expect(stderr).toContain(`virtgauge resume`);
      expect(readTrials(folder).map(({ state }) => state)).toEqual(['completed']);
      expect(markedQemus(place.state)).toEqual([]);
      expect(place.ledgers()).toEqual([]);
    });

    it('goes on when the terminal is closed to which it does not print', async () => {
      const folder = join(place.folder, 'hung-up');
      // In a process group of its own, which gets the signal as a terminal's does.
      const running = place.startInside(['setsid'], ...shortRun(folder));
      await until(() => running.output().includes('1/4 '));
      await until(() => markedQemus(place.state).length > 0);
      process.kill(-(running.child.pid ?? 0), 'SIGHUP');
      expect(await running.outcome).toMatchObject({ code: 0 });
      expectPlannedTrials(folder, readRun(folder).seed, 2);
      expect(place.ledgers()).toEqual([]);
    });

    it('says which guest never booted, and keeps its console', async () => {
      const image = join(place.folder, 'silent.img');
      const disk = Buffer.alloc(2 ** 20);
      disk.writeUInt16LE(0xaa55, 510);
      // An endless loop where the boot sector begins.
      disk.writeUInt16LE(0xfeeb, 0);
      writeFileSync(image, disk);
      const folder = join(place.folder, 'silent');
      const { code, stdout } = await place.run(
        ...['run', quickstart, '--output', folder, '--filter', 'storage=local,guests=1'],
        ...['--set', `guest.image=${image}`, '--set', 'guest.bootTimeout=4s'],
        ...['--set', 'repeat.trials=1', '--no-report'],
      );
      expect(code).toBe(2);
      expect(stdout).toContain('guest 0 did not answer within 4 s');
      expect(existsSync(join(folder, 'artifacts/0/guest-0.console'))).toBe(true);
      expect(place.ledgers()).toEqual([]);
    });

    it('says what fio said when a job fails, and goes on with the other arms', async () => {
      const folder = join(place.folder, 'bad-job');
      const { code, stdout } = await place.run(
        ...['run', quickstart, '--output', folder, '--filter', 'storage=local,guests=1'],
        ...[
          '--set',
          'measure={guest-io: {jobs: [{name: huge, rw: read, bs: 64MiB, iodepth: 8, size: 64MiB}]}}',
        ],
        ...['--set', 'repeat.trials=1', '--no-report'],
      );
      expect(code).toBe(2);
      expect(stdout).toMatch(/guest 0: .*fio ended with code 1/);
      expect(readTrials(folder)).toHaveLength(2);
    });

    it('ends beside the guests that it keeps of a failed trial, until clean', async () => {
      const folder = join(place.folder, 'kept');
      const { code } = await place.run(
        ...['run', quickstart, '--output', folder, '--keep', '--no-report'],
        ...['--filter', 'storage=local,guests=1,provisioning=copy', '--set', 'repeat.trials=1'],
        ...[
          '--set',
          'measure={guest-io: {jobs: [{name: huge, rw: read, bs: 64MiB, iodepth: 8, size: 64MiB}]}}',
        ],
      );
      expect(code).toBe(2);
      expect(markedQemus(place.state)).toHaveLength(1);
      expect(await place.run('clean')).toMatchObject({ code: 0 });
      expect(markedQemus(place.state)).toEqual([]);
      expect(place.ledgers()).toEqual([]);
    });

    it.skipIf(!root)(
      'refuses a storage without space before anything is made (needs root)',
      async () => {
        const small = join(place.folder, 'small');
        mkdirSync(small);
        spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]);
        try {
          const folder = join(place.folder, 'no-space');
          const { code, stderr } = await place.run(
            ...['run', quickstart, '--output', folder, '--set', `storages.local.path=${small}`],
          );
          expect(code).toBe(1);
          expect(stderr).toMatch(/storages\.local \(.*\): expected at least .* free, found/);
          expect(existsSync(folder)).toBe(false);
          expect(readdirSync(small)).toEqual([]);
        } finally {
          spawnSync('umount', [small]);
        }
      },
    );
  },
);

/** Two arms, two trials each. */
function shortRun(folder: string): string[] {
  return [
    ...[
      'run',
      quickstart,
      '--output',
      folder,
      '--no-report',
      '--filter',
      'provisioning=clone,guests=1',
    ],
    ...['--set', 'repeat.trials=2', '--set', 'measure={creation: {}}'],
  ];
}

async function until(condition: () => boolean): Promise<void> {
  for (let left = 600; left > 0 && !condition(); left--) await sleep(100);
  expect(condition()).toBe(true);
}

type Row = Pick<Sample, 'metric' | 'job' | 'phase' | 'observer' | 'percentile' | 'value'> & {
  trial: number;
  guest: number;
};

function samplesOf(folder: string): Row[] {
  const { groups } = readSamples(join(folder, 'samples.ndjson'));
  return groups.flatMap(({ labels, columns, length }) =>
    Array.from({ length }, (_, index) => ({
      ...labels,
      value: columns.value[index] ?? NaN,
      trial: columns.trial[index] ?? -1,
      guest: columns.guest[index] ?? -1,
    })),
  );
}

function expectCreation(samples: readonly Row[], trial: number, guest: number): void {
  const of = (metric: string) =>
    samples.filter((row) => row.trial === trial && row.guest === guest && row.metric === metric);
  const phases = of('creation.phase');
  expect(phases.map(({ phase }) => phase)).toEqual([
    ...['provision', 'define', 'spawn', 'firmware', 'kernel', 'userspace', 'ready', 'unaccounted'],
  ]);
  const sum = phases.reduce((total, { value }) => total + value, 0);
  expect(sum).toBeCloseTo(of('creation.total')[0]?.value ?? NaN, 6);
  expect(of('creation.end-point').map(({ observer }) => observer)).toEqual([
    ...['monitor', 'init', 'agent', 'service'],
  ]);
  expect(of('creation.boundary-difference').map(({ phase }) => phase)).toEqual([
    ...['spawn', 'firmware', 'kernel', 'userspace', 'ready'],
  ]);
}

function expectGuestIo(samples: readonly Row[], trial: number): void {
  for (const job of ['randread-first', 'randwrite-overwrite']) {
    const of = (metric: string) =>
      samples.filter((row) => row.trial === trial && row.job === job && row.metric === metric);
    expect(of('guest-io.throughput').every(({ value }) => value > 0)).toBe(true);
    const latencies = of('guest-io.latency').map(({ value }) => value);
    expect(latencies).toHaveLength(7);
    expect(latencies).toEqual([...latencies].sort((a, b) => a - b));
  }
}

function expectReport(folder: string): void {
  const page = readFileSync(join(folder, 'report/index.html'), 'utf8');
  expect(page).toContain('stand-in');
  const charts = readdirSync(join(folder, 'report/charts'));
  for (const ending of ['.vl.json', '.svg', '.png']) {
    expect(charts.filter((name) => name.endsWith(ending)).length).toBeGreaterThanOrEqual(4);
  }
  expect(readdirSync(join(folder, 'report/tables')).some((name) => name.endsWith('.csv'))).toBe(
    true,
  );
  expect(existsSync(join(folder, 'report/report.md'))).toBe(true);
}
