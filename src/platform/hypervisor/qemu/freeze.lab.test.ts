import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { qemu } from './qemu.ts';
import { launchWithTwoDisks } from './two-disks.example.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-freeze-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('keeps the files of disks while their guest writes, and takes all that over in the end', async () => {
  const { guest, path, second, write } = await launchWithTwoDisks(
    ...([folder, 'freeze', '52:54:00:76:67:01'] as const),
  );
  try {
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
