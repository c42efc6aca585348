import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import { labDown, labExists, labUp } from '../../platform/lab/index.ts';
import { connectHosts } from '../../platform/remote/connect-host.ts';
import { loadInventory } from '../../platform/remote/inventory/load.ts';
import { missingForLab } from '../missing-for-lab.example.ts';
import { Workplace } from '../virtgauge.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip'];
const missing = missingForLab(programs);

const name = 'gate-test';
const place = new Workplace();
/** Where Markdown and runs are put, to be looked at; gone with the test by default. */
const folder = process.env['VIRTGAUGE_GATE_SHOW'] ?? place.folder;
const history = join(folder, 'history');
/** Bytes a second that never hinder a guest, and that do: programs come from the same disk, too. */
const [wide, narrow] = [1_000_000_000, 3_000_000];

let inventory: string;
/** Caps what the lab's host reads and writes on its disk. */
let cap: (bytes: number) => void;

const run = (output: string) =>
  place.run(
    ...['run', 'scenarios/ci/micro.yaml', '--hosts', inventory, '--output', output],
    ...['--set', 'repeat.trials=3', '--no-report'],
  );
const gate = (now: string) =>
  place.run(
    ...['gate', now, '--baseline', history, '--metric', 'guest-io.throughput'],
    ...['--output', `${now}-gate`, '--hosts', inventory],
  );

beforeAll(async () => {
  if (missing.length > 0) return;
  const lab = await labUp({
    ...{ name, namespaces: 1, shared: 'directory', stateDirectory: place.state },
    ...{ cache: cacheDirectory(process.env), diskRate: wide },
  });
  inventory = lab.inventoryPath;
  const [host] = await connectHosts(loadInventory(inventory));
  if (host === undefined) throw new Error('a lab without a host');
  const { stdout } = await host.shell.run(['cat', '/proc/self/cgroup']);
  await host.shell.close();
  const [, group = ''] = /^\d+:blkio:(\S+)$/m.exec(stdout) ?? [];
  cap = (bytes) => {
    for (const way of ['read', 'write']) {
      const file = `/sys/fs/cgroup/blkio${group}/blkio.throttle.${way}_bps_device`;
      const [device = ''] = readFileSync(file, 'utf8').split(' ');
      writeFileSync(file, `${device} ${bytes}`);
    }
  };
  for (let number = 0; number < 5; number++) {
    expect(await run(join(history, String(number)))).toMatchObject({ code: 0 });
  }
});

afterAll(async () => {
  if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
  place.remove();
});

it.skipIf(missing.length > 0)('does not fire on a repeat of the same', async () => {
  const now = join(folder, 'same');
  expect(await run(now)).toMatchObject({ code: 0 });
  const { code, stdout } = await gate(now);
  expect([0, 4], stdout).toContain(code);
});

it.skipIf(missing.length > 0)('fires on a throttled disk, once it has measured again', async () => {
  const now = join(folder, 'throttled');
  cap(narrow);
  expect(await run(now)).toMatchObject({ code: 0 });
  const { code, stdout } = await gate(now);
  expect(code, stdout).toBe(3);
  const markdown = readFileSync(join(`${now}-gate`, 'gate.md'), 'utf8');
  expect(markdown).toContain('❌ ci-micro: 1 regression');
  expect(markdown).toContain('regression, confirmed');
  cap(wide);
});

it.skipIf(missing.length > 0)('takes a suspicion back that was of a moment', async () => {
  const now = join(folder, 'moment');
  cap(narrow);
  expect(await run(now)).toMatchObject({ code: 0 });
  cap(wide);
  const { code, stdout } = await gate(now);
  expect(code, stdout).not.toBe(3);
  expect(stdout).toContain('was suspected');
});
