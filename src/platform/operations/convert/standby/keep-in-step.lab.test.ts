import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { guestImage } from '../../../guest/image/index.ts';
import type { Guest } from '../../../hypervisor/hypervisor.ts';
import { microSpec } from '../../../hypervisor/micro-spec.example.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { openLedger, type Ledger } from '../../../ledger/ledger.ts';
import { missingPrograms } from '../../../missing-programs.example.ts';
import { localShell } from '../../../remote/local.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import { createGuest } from '../../create.ts';
import { serveDisk } from '../copy/serve-disk.ts';
import { keepInStep } from './keep-in-step.ts';

const missing = missingPrograms(['qemu-system-x86_64', 'qemu-nbd', 'cpio', 'gcc']);

const cache = cacheDirectory(process.env);
const host = thisMachine(cache);
const signal = new AbortController().signal;
/** Behind the file system of the guest's disk there is so much room. */
const room = 32 * 2 ** 20;
const block = 65_536;

describe.skipIf(missing.length > 0)('a copy that is kept in step', () => {
  let folder: string;
  let ledger: Ledger;
  let guest: Guest;
  let [first, bytes] = [0, 0];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vg-step-'));
    ledger = openLedger({ stateDirectory: join(folder, 'state'), label: 'in-step' });
    const image = await guestImage(localShell, cache, { image: 'micro' });
    const template = join(folder, 'template.raw');
    first = Math.ceil(image.diskSize / block);
    bytes = first * block + room;
    await copyFile(image.disk.path, template);
    await truncate(template, bytes);
    const created = await createGuest(
      { host, hypervisor: qemu },
      {
        spec: microSpec(image, { name: 'vg-in-step', mac: '52:54:00:76:71:01', directory: folder }),
        template: { path: template, format: 'raw' },
        ...{ diskPath: join(folder, 'disk.raw'), bootTimeout: 120 },
        provisioning: { method: 'copy', durability: 'buffered' },
      },
      signal,
    );
    guest = created.guest;
  }, 180_000);
  afterAll(async () => {
    await guest.destroy();
    await ledger.removeAll();
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const copies: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of copies.splice(0)) await end();
  });

  /** A copy of its disk that is in step. */
  async function copy(name: string) {
    const path = join(folder, name);
    await localShell.run(['truncate', '-s', String(bytes), path]);
    const served = await serveDisk(host, path, ledger);
    const mirror = await keepInStep(guest, served);
    copies.push(
      () => mirror.end(),
      () => served.stop(),
    );
    await expect.poll(async () => (await mirror.look()).state, { timeout: 60_000 }).toBe('in-step');
    return { path, mirror, served };
  }

  const write = (letter: string, at: number) =>
    guest.control.run([
      ...(['sh', '-c'] as const),
      `head -c 65536 /dev/zero | tr '\\0' ${letter} | dd of=/dev/vda bs=64k seek=${first + at} oflag=direct`,
    ]);
  const read = async (path: string, at: number) => {
    const { stdout } = await localShell.run([
      ...(['dd', `if=${path}`, 'bs=64k', `skip=${first + at}`, 'count=1', 'status=none'] as const),
    ]);
    return stdout.slice(0, 4);
  };

  it('has each write that the guest has heard of', async () => {
    await write('a', 7);
    const { path } = await copy('copy');
    expect(await read(path, 7)).toBe('aaaa');
    await write('b', 300);
    expect(await read(path, 300)).toBe('bbbb');
  });

  it('is found where its server hangs, and the guest writes on once it has ended', async () => {
    const { path, mirror, served } = await copy('third');
    expect(await served.hangs(30)).toBe(false);
    const { stdout } = await localShell.run(['pgrep', '-f', `export-name=${served.name}`]);
    const pid = Number(stdout);
    process.kill(pid, 'SIGSTOP');
    try {
      expect(await served.hangs(2)).toBe(true);
      const written = write('e', 13);
      await mirror.end();
      await written;
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await read(join(folder, 'disk.raw'), 13)).toBe('eeee');
    await served.stop();
    expect(await read(path, 13)).not.toBe('eeee');
    expect(await served.hangs(30)).toBe(false);
  });

  it('is said to be broken where its server dies, and the guest writes on', async () => {
    const { path, mirror, served } = await copy('second');
    await served.stop();
    await write('c', 9);
    await expect.poll(async () => (await mirror.look()).state, { timeout: 60_000 }).toBe('broken');
    await write('d', 11);
    expect(await read(join(folder, 'disk.raw'), 11)).toBe('dddd');
    expect(await read(path, 11)).not.toBe('dddd');
  });
});
