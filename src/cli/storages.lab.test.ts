import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { labDown, labExists, labUp } from '../platform/lab/index.ts';
import { missingForLab } from './missing-for-lab.example.ts';
import { Workplace } from './virtgauge.example.ts';

const programs = [
  ...['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip'],
  ...['mfsmaster', 'mfsmount', 'mkfs.ext4'],
];
const missing = missingForLab(programs);

const name = 'storages';
const place = new Workplace();
const fixed = 'fixed: { memory: 128MiB, accelerator: tcg, cpu: qemu64';

function write(file: string, text: string): string {
  const path = join(place.folder, file);
  writeFileSync(path, text);
  return path;
}

describe.skipIf(missing.length > 0)(
  `storages of runs (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const mount = join(place.folder, 'mount');

    afterAll(async () => {
      if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
      spawnSync('umount', [mount]);
      place.remove();
    });

    it('are proven to be shared, and have templates of several sizes and places', async () => {
      const cache = cacheDirectory(process.env);
      const lab = { name, namespaces: 2, shared: 'moosefs', stateDirectory: place.state } as const;
      await labUp({ ...lab, cache });
      const file = write(
        'beds.yaml',
        `
name: beds
storages: { shared: {}, local: {} }
${fixed}, storage: shared, templateCache: cold, guests: 2, hosts: 2 }
factors: { template: [same, local], templateData: [0, 8MiB] }
exclude: [{ template: same, templateData: 8MiB }, { template: local, templateData: 0 }]
measure: { creation: {} }
repeat: { trials: 1, pilot: 3 }
`,
      );
      const folder = join(place.folder, 'beds');
      const hosts = ['--hosts', `lab:${name}`, '--no-report'];
      const laidOut = [...hosts, '--set', 'fixed.stripeCount=2', '--output', folder];
      const refused = await place.run('run', file, ...laidOut);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(
        /storages\.shared: expected a storage that can lay out files as asked for \(stripeCount=2\), this one \(MooseFS, kind: moosefs\) cannot/,
      );

      const { code, stderr } = await place.run('run', file, ...hosts, '--output', folder);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const trials = [...readTrials(folder)];
      expect(trials.map(({ state, hosts }) => [state, hosts])).toEqual([
        ['completed', ['h1', 'h2']],
        ['completed', ['h1', 'h2']],
      ]);
      expect(trials.flatMap(({ warnings = [] }) => warnings).join()).not.toContain('templateCache');
      const { storages } = readRun(folder).environment;
      expect(storages.shared).toMatchObject({
        ...{ kind: 'moosefs', standIn: 'MooseFS', serverCache: 'server-warm' },
        facts: { 'locks across hosts': 'proven' },
      });
      expect(storages.local?.serverCache).toBeUndefined();
      expect(place.ledgers()).toEqual([]);
    }, 120_000);

    it('that become read-only in the middle of a trial fail it with that reason', async () => {
      const disk = join(place.folder, 'disk.img');
      mkdirSync(mount);
      const command = (...[program = '', ...args]: string[]) =>
        expect(spawnSync(program, args, { encoding: 'utf8' })).toMatchObject({ status: 0 });
      command('truncate', '-s', '400M', disk);
      command('mkfs.ext4', '-q', disk);
      command('mount', '-o', 'loop,errors=remount-ro', disk, mount);
      const jobs = '[{ name: w, rw: write, size: 1MiB, round: 0.2s }]';
      const file = write(
        'read-only.yaml',
        `
name: read-only
storages: { disk: { kind: local, path: ${mount} } }
${fixed} }
measure: { guest-io: { jobs: ${jobs} } }
repeat: { trials: 1, pilot: 3 }
`,
      );
      const folder = join(place.folder, 'read-only');
      const run = place.start('run', file, '--output', folder, '--no-report');
      const state = { over: false };
      void run.outcome.then(() => (state.over = true));
      const begun = () =>
        readdirSync(mount).some((work) => existsSync(join(mount, work, 'trial-0-guest-0.img')));
      while (!state.over && !begun()) await sleep(50);
      // As the kernel does when it finds the file system damaged.
      command('mount', '-o', 'remount,abort', mount);
      const { code, stdout, stderr } = await run.outcome;
      expect({ code, stdout, stderr }).toMatchObject({ code: 2 });
      expect(readTrials(folder)).toMatchObject([
        {
          state: 'failed',
          reason: {
            message: expect.stringMatching(
              /storage disk on localhost has become read-only/,
            ) as string,
          },
        },
      ]);
    }, 120_000);
  },
);
