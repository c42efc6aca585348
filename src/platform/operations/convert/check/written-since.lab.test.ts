import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import { monitorOf } from '../../../hypervisor/qemu/monitor.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import { mergeWritten, thawLeft, writesBeside, writtenSince } from './written-since.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-since-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('what a guest wrote beside its disks comes to them, though whoever kept them has died', async () => {
  const [path, second] = [join(folder, 'disk.raw'), join(folder, 'second.raw')];
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
    ...{ name: 'since', machine: 'pc', cpu: 'qemu64', accelerator: 'tcg', vcpus: 1 },
    ...{ memory: 64 * 2 ** 20, hugepages: false, mac: '52:54:00:76:67:02' },
    ...{ disk: { ...disk, path }, moreDisks: [{ ...disk, path: second }] },
    ...{ network: { kind: 'user' }, pin: [], directory: join(folder, 'run') },
    ...{ consoleLog: join(folder, 'console'), environment: {} },
  };
  const host = thisMachine(cacheDirectory(process.env));
  await host.shell.run(['mkdir', '-p', spec.directory]);
  const guest = await qemu.launch(host, spec);
  try {
    const say = (line: string) =>
      monitorOf(guest).execute('human-monitor-command', { 'command-line': line });
    const write = async (pattern: number, drive: 'disk0' | 'disk1') => {
      await say(`qemu-io ${drive} "write -P ${pattern} 0 4k"`);
      await say(`qemu-io ${drive} "flush"`);
    };
    const held = () => [path, second].map((file) => readFileSync(file)[0]);
    const keep = () => qemu.freeze?.(guest, [path, second].map(writtenSince));

    // The guest runs still.
    await keep();
    await write(1, 'disk0');
    expect([held(), await writesBeside(host, spec)]).toEqual([[0, 0], true]);
    await thawLeft(host, monitorOf(guest), spec);
    expect([held(), await writesBeside(host, spec)]).toEqual([[1, 0], false]);

    // It has ended as well.
    await keep();
    await write(2, 'disk0');
    await write(3, 'disk1');
    await guest.destroy();
    expect([held(), await writesBeside(host, spec)]).toEqual([[1, 0], true]);
    await mergeWritten(host, spec);
    expect([held(), await writesBeside(host, spec)]).toEqual([[2, 3], false]);
    // Nothing is left to do; what was taken over before is not taken over again.
    await host.shell.run(['sh', '-c', `echo stale > ${writtenSince(path)}.done`]);
    await mergeWritten(host, spec);
    expect([held(), await writesBeside(host, spec)]).toEqual([[2, 3], false]);
  } finally {
    await guest.destroy();
  }
});
