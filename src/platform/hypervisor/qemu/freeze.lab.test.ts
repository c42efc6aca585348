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

it('keeps the file of a disk while its guest writes, and takes all that over in the end', async () => {
  const path = join(folder, 'disk.raw');
  closeSync(openSync(path, 'w'));
  truncateSync(path, 2 ** 20);
  const spec: GuestSpec = {
    ...{ name: 'freeze', machine: 'pc', cpu: 'qemu64', accelerator: 'tcg', vcpus: 1 },
    ...{ memory: 64 * 2 ** 20, hugepages: false, mac: '52:54:00:76:67:01' },
    disk: { path, format: 'raw', cache: 'none', aio: 'threads', iothread: false, queues: 1 },
    ...{ network: { kind: 'user' }, pin: [], directory: join(folder, 'run') },
    ...{ consoleLog: join(folder, 'console'), environment: {} },
  };
  const host = thisMachine(cacheDirectory(process.env));
  await host.shell.run(['mkdir', '-p', spec.directory]);
  const guest = await qemu.launch(host, spec);
  try {
    const write = (pattern: number, at: number) =>
      monitorOf(guest).execute('human-monitor-command', {
        'command-line': `qemu-io disk0 "write -P ${pattern} ${at} 4k"`,
      });
    await write(1, 0);
    const overlay = join(folder, 'written-since.qcow2');
    const thaw = await qemu.freeze?.(guest, overlay);
    await write(2, 0);
    await write(3, 8192);
    const kept = readFileSync(path);
    expect([kept[0], kept[8192]]).toEqual([1, 0]);
    await thaw?.();
    const taken = readFileSync(path);
    expect([taken[0], taken[8192]]).toEqual([2, 3]);
    await write(4, 4096);
    expect(readFileSync(path)[4096]).toBe(4);
    expect(() => readFileSync(overlay)).toThrow(/ENOENT/);
  } finally {
    await guest.destroy();
  }
});
