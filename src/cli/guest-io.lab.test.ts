import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Sample } from '../harness/results/schema.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { labDown, labExists, labUp } from '../platform/lab/index.ts';
import { missingForLab } from './missing-for-lab.example.ts';
import { Workplace } from './virtgauge.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip', 'fio'];
const missing = missingForLab(programs);

const name = 'guest-io';
const place = new Workplace();
const scenario = `
name: rates
storages: { shared: {} }
fixed: { guests: 2, hosts: 2, memory: 128MiB, accelerator: tcg, cpu: qemu64 }
measure:
  guest-io:
    host: true
    jobs:
      - { name: open, rw: randrw, readShare: 70, rate: 60, iodepth: 8, size: 4MiB, round: 400ms }
      - { name: closed, rw: randread, size: 4MiB, round: 100ms }
repeat: { trials: 1 }
`;

describe.skipIf(missing.length > 0)(
  `guest-io over hosts (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    afterAll(async () => {
      if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
      place.remove();
    });

    it('sends requests at a rate, sums over hosts, and runs the same on the hosts', async () => {
      const cache = cacheDirectory(process.env);
      const shared = 'directory';
      await labUp({ name, namespaces: 2, shared, stateDirectory: place.state, cache });
      const file = join(place.folder, 'rates.yaml');
      writeFileSync(file, scenario);
      const folder = join(place.folder, 'results');
      const options = ['--hosts', `lab:${name}`, '--output', folder, '--no-report'];
      const { code, stderr } = await place.run('run', file, ...options);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect([...readTrials(folder)].map(({ state }) => state)).toEqual(['completed']);
      const { hosts = {} } = readRun(folder).environment;
      expect(Object.values(hosts).map(({ versions }) => versions.fio)).toEqual([
        expect.stringMatching(/^\d/),
        expect.stringMatching(/^\d/),
      ]);

      const samples = readFileSync(join(folder, 'samples.ndjson'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Sample);
      const values = (metric: string, job: string) =>
        samples.filter((each) => each.metric === metric && each.job === job);
      const value = (metric: string, job: string) => values(metric, job)[0]?.value ?? NaN;

      expect(value('guest-io.offered', 'open:read')).toBe(84);
      expect(value('guest-io.offered', 'open:write')).toBe(36);
      for (const job of ['open:read', 'open:write']) {
        expect(value('guest-io.iops', job)).toBeGreaterThan(0);
        expect(values('guest-io.latency', job)).toHaveLength(7);
        expect(values('guest-io.host-latency', job)).toHaveLength(7);
        expect(values('guest-io.overhead', job)).toEqual([]);
      }
      for (const job of ['open:read', 'closed']) {
        const sum = value('guest-io.throughput', job);
        const byHost = values('guest-io.per-host-throughput', job);
        expect(new Set(byHost.map(({ observer }) => observer))).toEqual(
          new Set(Object.keys(hosts)),
        );
        expect(byHost.reduce((all, each) => all + each.value, 0) / sum).toBeCloseTo(1, 6);
        const fairness = value('guest-io.fairness', job);
        expect(fairness).toBeGreaterThanOrEqual(0.5);
        expect(fairness).toBeLessThanOrEqual(1);
      }
      expect(values('guest-io.steady', 'open')).toEqual([]);
      expect(values('guest-io.steady', 'closed')).toHaveLength(1);
      const ratio =
        value('guest-io.host-throughput', 'closed') / value('guest-io.throughput', 'closed');
      expect(value('guest-io.overhead', 'closed') / ratio).toBeCloseTo(1, 6);

      // Guests with the same seed would send their requests at the same moments.
      const seeds = ['guest-io.fio', 'guest-io.guest-1.fio'].map(
        (artifact) =>
          /^randseed=(\d+)$/m.exec(
            readFileSync(join(folder, 'artifacts/0', artifact), 'utf8'),
          )?.[1],
      );
      expect(new Set(seeds).size).toBe(2);
      expect(seeds).not.toContain(undefined);
    }, 120_000);
  },
);
