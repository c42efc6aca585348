import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import type { Sample } from '../harness/results/schema.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { debianCloudImage } from '../platform/guest/image/debian-cloud.example.ts';
import { localShell } from '../platform/remote/local.ts';
import { missingPrograms } from '../platform/missing-programs.example.ts';
import { Workplace } from './virtgauge.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'gcc', 'xorriso', 'mmdebstrap', 'grub-mkimage'];
const files = ['/usr/lib/grub/i386-pc/boot.img', '/usr/share/keyrings/debian-archive-keyring.gpg'];
const missing = missingPrograms(programs, [
  ...files.filter((path) => !existsSync(path)),
  ...(process.getuid?.() === 0 ? [] : ['root']),
]);

const place = new Workplace();
afterAll(() => place.remove());

const boot = 300;

describe.skipIf(missing.length > 0)(
  `a cloud image as the guest (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('boots, answers, and runs fio', { timeout: 900_000 }, async () => {
      const image = await debianCloudImage(localShell, cacheDirectory(process.env));
      const folder = join(place.folder, 'cloud');
      const outcome = await place.run(
        ...['run', 'scenarios/quickstart.yaml', '--output', folder, '--no-report'],
        ...['--filter', 'storage=local,provisioning=clone,guests=1'],
        ...['--set', `guest.image=${image}`, '--set', `guest.bootTimeout=${boot}`],
        ...['--set', 'fixed.accelerator=tcg', '--set', 'fixed.memory=512MiB'],
        ...['--set', 'repeat.trials=1', '--set', `measure=${measure}`],
      );
      expect(outcome, outcome.stdout + outcome.stderr).toMatchObject({ code: 0 });

      expect(readTrials(folder).map(({ state }) => state)).toEqual(['completed']);
      expect(readRun(folder).environment.versions['guest image']).toContain('debian.qcow2');
      const samples = readFileSync(join(folder, 'samples.ndjson'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Sample);
      const of = (metric: string) => samples.filter((sample) => sample.metric === metric);
      expect(of('creation.end-point').map(({ observer }) => observer)).toEqual([
        ...['monitor', 'init', 'agent', 'service'],
      ]);
      expect(of('creation.phase').map(({ phase }) => phase)).toContain('firmware');
      expect(of('guest-io.throughput').map(({ job, value }) => [job, value > 0])).toEqual([
        ['tiny', true],
      ]);
      expect(place.ledgers()).toEqual([]);
    });
  },
);

const measure =
  '{creation: {}, guest-io: {jobs: [{name: tiny, rw: randread, size: 1MiB, touch: first}]}}';
