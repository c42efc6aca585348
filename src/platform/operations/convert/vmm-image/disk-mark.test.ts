import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../../../base/package-root.ts';
import { localShell } from '../../../remote/local.ts';
import { diskMark, readDiskMarks } from './disk-mark.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-marks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A disk with some bytes at some places. */
function disk(name: string, places: Readonly<Record<number, string>>, bytes = 131_072) {
  const content = Buffer.alloc(bytes);
  for (const [at, text] of Object.entries(places)) content.write(text, Number(at));
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, bytes };
}

const marks = ([first, ...others]: ReturnType<typeof disk>[]) =>
  readDiskMarks(localShell, { disks: [first ?? disk('none', {}), ...others] });

it('tells disks apart by what stays on them', async () => {
  // The signature of a partition table, the GUID of a GPT, an UUID of ext4, of XFS, of Btrfs.
  const disks = [440, 568, 1128, 32, 65_568].map((at) => disk(`at-${at}`, { [at]: 'own' }));
  const found = await marks(disks);
  expect(new Set(found).size).toBe(disks.length);
  expect(found.every((mark) => /^[0-9a-f]{64}$/.test(mark))).toBe(true);
  // What a file system counts in its first blocks while it is mounted changes nothing.
  const same = disk('same', { 440: 'own', 1024: 'counts', 100_000: 'data' });
  expect((await marks([same]))[0]).toBe(found[0]);
});

it('refuses two that are alike, but for other sizes', async () => {
  await expect(marks([disk('a', {}), disk('b', {})])).rejects.toThrow(
    /told apart, got .*a and .*b/,
  );
  expect(await marks([disk('a', {}), disk('b', {}, 262_144)])).toHaveLength(2);
});

it('is the same in the VMM', () => {
  const init = join(packageRoot, 'src/platform/operations/convert/vmm-image/files/init');
  expect(readFileSync(init, 'utf8')).toContain(diskMark);
});
