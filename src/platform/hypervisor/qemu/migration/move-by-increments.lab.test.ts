import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { guestImage, type GuestImage } from '../../../guest/image/index.ts';
import { missingPrograms } from '../../../missing-programs.example.ts';
import { localShell } from '../../../remote/local.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import { microSpec } from '../../micro-spec.example.ts';
import type { MigrationEvent } from '../../migration.ts';
import { diskDrive } from '../command-line.ts';
import { monitorOf } from '../monitor.ts';
import { qemu } from '../qemu.ts';
import { qemuMigration } from './prepare.ts';
import { plainMethod } from './qemu-pair.example.ts';

const missing = missingPrograms(['qemu-system-x86_64', 'cpio', 'gcc']);

const cache = cacheDirectory(process.env);
const [one, two] = [thisMachine(cache, 'one'), thisMachine(cache, 'two')];
const sentinel = 0xab;
const method = { ...plainMethod, disk: 'mirror', timeout: 120 } as const;

describe.skipIf(missing.length > 0)('a guest of whose disk the target has most', () => {
  let folder: string;
  let image: GuestImage;
  const started: Guest[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vg-incr-'));
    image = await guestImage(localShell, cache, { image: 'micro' });
  });
  afterAll(async () => {
    for (const guest of started) await guest.destroy();
    rmSync(folder, { recursive: true });
  });

  async function specOf(name: string): Promise<GuestSpec> {
    const directory = join(folder, name);
    await mkdir(directory);
    await copyFile(image.disk.path, join(directory, 'disk'));
    return microSpec(image, { name: 'vg-incr', mac: '52:54:00:76:72:01', directory });
  }

  it('moves with what is marked alone, up to its last write, and its disk can be kept as it came', async () => {
    const guest = await qemu.launch(one, await specOf('a'));
    started.push(guest);
    const qmp = monitorOf(guest);
    const mark = { node: diskDrive, name: 'changes', granularity: 65_536 };
    await qmp.execute('block-dirty-bitmap-add', mark);
    await guest.resume();
    await guest.control.ready();
    await guest.control.writeFile('/root/written', 'before it moved\n');
    await guest.control.run(['sync']);

    const spec = await specOf('b');
    const file = await open(spec.disk.path, 'r+');
    await file.write(Buffer.of(sentinel), 0, 1, (await file.stat()).size - 1);
    await file.close();
    const prepared = await qemuMigration.prepare(guest, two, spec, {
      ...{ ...method, changesIn: 'changes' },
    });
    const events: MigrationEvent[] = [];
    const { signal } = new AbortController();
    let thaw: (() => Promise<void>) | undefined;
    const outcome = await prepared.run(
      signal,
      (event) => events.push(event),
      async (arriving) => {
        thaw = await qemu.freeze?.(arriving, [`${spec.disk.path}.since`]);
      },
    );
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ state: 'switched' });
    if (outcome.state !== 'switched') return;
    started.push(outcome.guest);
    const names = events.map(({ event }) => event);
    expect(names.indexOf('mirror-ready')).toBeGreaterThan(-1);
    expect(names.indexOf('mirror-ready')).toBeLessThan(names.indexOf('stop'));
    // Nobody has marked it: a copy of everything would have it as on the source.
    expect(readFileSync(spec.disk.path).at(-1)).toBe(sentinel);
    const { control } = outcome.guest;
    await control.run(['sh', '-c', 'sync; echo 3 > /proc/sys/vm/drop_caches']);
    expect((await control.run(['cat', '/root/written'])).stdout).toBe('before it moved\n');

    await control.run(['sh', '-c', 'echo later > /root/later; sync']);
    const kept = readFileSync(spec.disk.path);
    expect(kept.subarray(0, -1).equals(readFileSync(guest.spec.disk.path).subarray(0, -1))).toBe(
      true,
    );
    await thaw?.();
    expect(readFileSync(spec.disk.path).equals(kept)).toBe(false);
  });
});
