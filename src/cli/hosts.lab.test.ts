import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { labDown, labExists, labUp } from '../platform/lab/index.ts';
import { connectHosts } from '../platform/remote/connect-host.ts';
import type { Host } from '../platform/remote/host.ts';
import { loadInventory } from '../platform/remote/inventory/load.ts';
import { missingForLab } from './missing-for-lab.example.ts';
import { Workplace } from './virtgauge.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip'];
const missing = missingForLab(programs);

const name = 'hosts-test';
const place = new Workplace();
const creation = [
  ...['run', 'scenarios/quickstart.yaml', '--no-report'],
  ...['--filter', 'storage=local,provisioning=clone,guests=1'],
  ...['--set', 'measure={creation: {}}'],
];

describe.skipIf(missing.length > 0)(
  `runs on hosts (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    let inventory: string;
    let hosts: Host[];

    beforeAll(async () => {
      const lab = await up();
      // Hosts of a lab see the controller's cache; these shall have one of their own.
      inventory = join(place.folder, 'inventory.yaml');
      const text = readFileSync(lab.inventoryPath, 'utf8');
      writeFileSync(inventory, text.replaceAll(/"cache":"[^"]*"/g, '"cache":"/tmp/cache"'));
      hosts = await connectHosts(loadInventory(inventory));
    });

    afterAll(async () => {
      await Promise.all(hosts.map(({ shell }) => shell.close()));
      if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
      place.remove();
    });

    const up = () =>
      labUp({
        ...{ name, namespaces: 2, shared: 'directory', stateDirectory: place.state },
        cache: cacheDirectory(process.env),
      });

    const run = (folder: string, ...more: string[]) =>
      place.start(...creation, '--hosts', inventory, '--output', folder, ...more);

    /** What runs have made on the hosts, but for their caches. */
    async function left(): Promise<string[]> {
      const script =
        'ls -d /tmp/vg-* /srv/local/* /mnt/shared/* 2>/dev/null; grep -lz VIRTGAUGE_MARK /proc/[0-9]*/environ 2>/dev/null; true';
      const looks = await Promise.all(hosts.map(({ shell }) => shell.run(['sh', '-c', script])));
      return looks.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
    }

    async function guestRuns(): Promise<boolean> {
      const look = ['sh', '-c', 'pgrep qemu-system || true'] as const;
      const looks = await Promise.all(hosts.map(({ shell }) => shell.run(look)));
      return looks.some(({ stdout }) => stdout !== '');
    }

    it('measures creation on a host over SSH; the second run finds the images there', async () => {
      const files = async () => {
        const find = ['find', '/tmp/cache', '-type', 'f', '-printf', '%P %i %T@\\n'] as const;
        return (await hosts[0]?.shell.run(find))?.stdout.split('\n').sort();
      };
      const before = await left();
      const folder = join(place.folder, 'one');
      const first = await run(folder, '--set', 'repeat.trials=1').outcome;
      expect(first, first.stderr).toMatchObject({ code: 0 });
      expect(readTrials(folder)).toMatchObject([{ state: 'completed', hosts: ['h1'] }]);
      expect(readRun(folder).environment.hosts).toMatchObject({
        h1: { standIn: 'namespaces of one machine', clockUncertainty: 0 },
      });
      const sent = await files();
      expect(sent?.join()).toMatch(/micro-\w+\/vmlinuz/);
      expect(await left()).toEqual(before);

      const again = join(place.folder, 'two');
      const second = await run(again, '--set', 'repeat.trials=1').outcome;
      expect(second, second.stderr).toMatchObject({ code: 0 });
      expect(await files()).toEqual(sent);
      expect(place.ledgers()).toEqual([]);
    });

    it('does trials on several hosts at once', async () => {
      const folder = join(place.folder, 'parallel');
      const more = ['--set', 'repeat.trials=2', '--parallel', '2'];
      const outcome = await run(folder, ...more).outcome;
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      const used = readTrials(folder).flatMap((trial) => trial.hosts);
      expect(used.sort()).toEqual(['h1', 'h2']);
    });

    it('lets one run use a host at a time', async () => {
      const folder = join(place.folder, 'three');
      const first = run(folder, '--set', 'repeat.trials=2');
      await until(() => first.output().includes('preparing: storages'));
      const second = await run(join(place.folder, 'four')).outcome;
      expect(second.code).toBe(1);
      expect(second.stderr).toMatch(/h1: .*another run of virtgauge uses it\n.*--hosts/);
      expect(await first.outcome).toMatchObject({ code: 0 });
    });

    it('is cleaned from the hosts after SIGKILL', async () => {
      const before = await left();
      const running = run(join(place.folder, 'killed'), '--set', 'repeat.trials=20');
      await until(() => running.output().includes('1/20 '));
      await until(async () => {
        // Held still, the run cannot end its guest between the look and the kill.
        running.child.kill('SIGSTOP');
        await sleep(300);
        if (await guestRuns()) return true;
        running.child.kill('SIGCONT');
        return false;
      });
      running.child.kill('SIGKILL');
      await running.outcome;
      expect((await left()).length).toBeGreaterThan(before.length);
      const cleaned = await place.run('clean');
      expect(cleaned, cleaned.stderr).toMatchObject({ code: 0 });
      expect(cleaned.stdout).toMatch(/1 QEMU process/);
      expect(await left()).toEqual(before);
      expect(place.ledgers()).toEqual([]);
    });

    it('ends soon when a host dies, and says which', async () => {
      const folder = join(place.folder, 'dead');
      const running = run(folder, '--set', 'repeat.trials=20');
      await until(() => running.output().includes('1/20 '));
      await until(async () => (await left()).some((line) => line.includes('environ')));
      // The first process of a host takes all others with it.
      await hosts[0]?.shell.run(['sh', '-c', 'kill -TERM 1']).catch(() => undefined);
      const { code, stdout } = await running.outcome;
      expect(code).toBe(2);
      expect(stdout).toMatch(/host h1 is out of reach/);
      expect(stdout).toMatch(/hosts were lost.*resume/);
      const states = readTrials(folder).map(({ state }) => state);
      expect(states.at(-1)).toBe('failed');
      expect(states.length).toBeLessThan(6);
    });

    it('has left nothing where its lab is no more', async () => {
      expect(place.ledgers()).toHaveLength(1);
      const out = await place.run('clean');
      expect(out).toMatchObject({ code: 1 });
      expect(out.stdout).toMatch(/not removed: .* on h1: h1 is out of reach/);
      await labDown({ stateDirectory: place.state, name });
      // Another one of its name is not it.
      await up();
      const again = await place.run('clean');
      expect(again, again.stdout).toMatchObject({ code: 0 });
      expect(place.ledgers()).toEqual([]);
    });
  },
);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 900; left > 0; left--) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error('it did not come to that');
}
