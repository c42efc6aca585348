import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { thisMachine } from '../../remote/this-machine.ts';
import type { GuestSpec } from '../hypervisor.ts';
import { monitorOf } from './monitor.ts';
import { qemu } from './qemu.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-freeze-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('keeps the files of disks while their guest writes, and takes all that over in the end', async () => {
  const [path, second] = ['disk.raw', 'second.raw'].map((name) => join(folder, name));
  if (path === undefined || second === undefined) throw new Error('names');
  for (const file of [path, second]) {
    closeSync(openSync(file, 'w'));
    truncateSync(file, 2 ** 20);
  }
  const disk = {
    format: 'raw',
    cache: 'none',
    aio: 'threads',
    iothread: false,
    queues: 1,
  } as const;
  const spec: GuestSpec = {
    ...{ name: 'freeze', machine: 'pc', cpu: 'qemu64', accelerator: 'tcg', vcpus: 1 },
    ...{ memory: 64 * 2 ** 20, hugepages: false, mac: '52:54:00:76:67:01' },
    ...{ disk: { ...disk, path }, moreDisks: [{ ...disk, path: second }] },
    ...{ network: { kind: 'user' }, pin: [], directory: join(folder, 'run') },
    ...{ consoleLog: join(folder, 'console'), environment: {} },
  };
  const host = thisMachine(cacheDirectory(process.env));
  await host.shell.run(['mkdir', '-p', spec.directory]);
  const guest = await qemu.launch(host, spec);
  try {
    const write = (pattern: number, at: number, drive = 'disk0') =>
      monitorOf(guest).execute('human-monitor-command', {
        'command-line': `qemu-io ${drive} "write -P ${pattern} ${at} 4k"`,
      });
    await write(1, 0);
    await write(1, 0, 'disk1');
    const overlays = ['since-0.qcow2', 'since-1.qcow2'].map((name) => join(folder, name));
    const thaw = await qemu.freeze?.(guest, overlays);
    await write(2, 0);
    await write(2, 0, 'disk1');
    await write(3, 8192);
    const kept = readFileSync(path);
    expect([kept[0], kept[8192], readFileSync(second)[0]]).toEqual([1, 0, 1]);
    await thaw?.();
    const taken = readFileSync(path);
    expect([taken[0], taken[8192], readFileSync(second)[0]]).toEqual([2, 3, 2]);
    await write(4, 4096);
    expect(readFileSync(path)[4096]).toBe(4);
    for (const overlay of overlays) expect(() => readFileSync(overlay)).toThrow(/ENOENT/);
  } finally {
    await guest.destroy();
  }
});
