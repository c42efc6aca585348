import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { monitorOf } from '../../../hypervisor/qemu/monitor.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { launchWithTwoDisks } from '../../../hypervisor/qemu/two-disks.example.ts';
import { mergeWritten, thawLeft, writesBeside, writtenSince } from './written-since.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-since-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('what a guest wrote beside its disks comes to them, though whoever kept them has died', async () => {
  const { guest, host, spec, path, second, write } = await launchWithTwoDisks(
    ...([folder, 'since', '52:54:00:76:67:02'] as const),
  );
  try {
    const held = () => [path, second].map((file) => readFileSync(file)[0]);
    const keep = () => qemu.freeze?.(guest, [path, second].map(writtenSince));

    // The guest runs still.
    await keep();
    await write(1);
    expect([held(), await writesBeside(host, spec)]).toEqual([[0, 0], true]);
    await thawLeft(host, monitorOf(guest), spec);
    expect([held(), await writesBeside(host, spec)]).toEqual([[1, 0], false]);

    // It has ended as well.
    await keep();
    await write(2);
    await write(3, 0, 'disk1');
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
