import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '../harness/results/read-events.ts';
import { readSamples } from '../harness/results/read-samples.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { labDown, labExists, labUp } from '../platform/lab/index.ts';
import { connectHosts } from '../platform/remote/connect-host.ts';
import type { Host } from '../platform/remote/host.ts';
import { loadInventory } from '../platform/remote/inventory/load.ts';
import { missingForLab } from './missing-for-lab.example.ts';
import { Workplace } from './virtgauge.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'mfsmount'];
const missing = missingForLab(programs);

const name = 'shared-storage-test';
const place = new Workplace();

describe.skipIf(missing.length > 0)(
  `hosts with one file system (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    let inventory: string;
    let hosts: Host[];

    beforeAll(async () => {
      const lab = await labUp({
        ...{ name, namespaces: 2, shared: 'moosefs', stateDirectory: place.state },
        cache: cacheDirectory(process.env),
      });
      inventory = lab.inventoryPath;
      hosts = await connectHosts(loadInventory(inventory));
    });

    afterAll(async () => {
      // Whatever has become of the test: a mount that is held would hold the lab.
      await signalMount('CONT');
      await Promise.all(hosts.map(({ shell }) => shell.close()));
      if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
      place.remove();
    });

    /** On the first host: the program behind its mount. */
    async function signalMount(signal: 'STOP' | 'CONT'): Promise<void> {
      const script = `kill -s ${signal} $(pgrep -x mfsmount)`;
      await hosts[0]?.shell.run(['sh', '-c', script], { timeout: 20 });
    }

    function start(folder: string, measure: string, ...more: string[]) {
      const file = join(place.folder, 'scenario.yaml');
      const text = `name: shared\nstorages: { shared: {} }\nfixed: { memory: 256MiB, cpu: qemu64 }\n`;
      writeFileSync(file, `${text}measure: ${measure}\n`);
      const options = ['--hosts', inventory, '--output', folder, '--no-report'];
      return place.start('run', file, ...options, ...more);
    }

    it('bears guests on both, which begin together, and is looked at before and after', async () => {
      const folder = join(place.folder, 'spread');
      const job = '{ name: w, rw: randwrite, bs: 4KiB, iodepth: 4, size: 4MiB, touch: first }';
      const outcome = await start(
        ...([folder, `{ guest-io: { jobs: [${job}] } }`] as const),
        ...['--set', 'fixed.guests=2', '--set', 'fixed.hosts=2', '--set', 'repeat.trials=1'],
      ).outcome;
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      expect(readTrials(folder)).toMatchObject([{ state: 'completed', hosts: ['h1', 'h2'] }]);
      const metrics = readSamples(join(folder, 'samples.ndjson')).groups.map(
        ({ labels }) => labels.metric,
      );
      // Only where the guests ran at the same time is there a sum.
      expect(metrics).toContain('guest-io.throughput');
      const looks = [...readEvents(folder, new Set([0]), ['sentinel'])];
      expect(looks).toHaveLength(2);
      for (const { phase, observer, figures } of looks) {
        expect([phase, observer]).toEqual(['shared', 'h1']);
        expect(figures?.write).toBeGreaterThan(0);
        expect(figures?.read).toBeGreaterThan(0);
      }
    });

    it('where it answers no more on one host, the run goes on on the other and ends', async () => {
      const folder = join(place.folder, 'stalled');
      const running = start(
        ...([folder, '{ creation: {} }', '--set', 'repeat.trials=4'] as const),
        ...['--parallel', '2'],
      );
      await until(() => running.output().includes('1/4 '));
      await until(async () => (await guestsOn(hosts[0])) > 0);
      await signalMount('STOP');
      await until(() => running.output().includes('has not answered'));
      // Others were done meanwhile; and the host is used again once the mount answers.
      await signalMount('CONT');
      const { code, stdout } = await running.outcome;
      expect(code).toBe(2);
      expect(stdout).toMatch(/failed: storage shared on h1 has not answered for \d+ s/);
      const trials = readTrials(folder);
      expect(trials).toHaveLength(4);
      const failed = trials.filter(({ state }) => state === 'failed');
      expect(failed.length).toBeLessThan(3);
      for (const { hosts: used, reason } of failed) {
        if (used !== undefined) expect(used).toEqual(['h1']);
        expect(reason?.message).toMatch(/^storage shared on h1 has not answered for \d+ s/);
      }
      expect(place.ledgers()).toEqual([]);
    });
  },
);

async function guestsOn(host: Host | undefined): Promise<number> {
  const output = await host?.shell.run(['sh', '-c', 'pgrep -c qemu-system; true']);
  return Number(output?.stdout ?? 0);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 900; left > 0; left--) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error('it did not come to that');
}
