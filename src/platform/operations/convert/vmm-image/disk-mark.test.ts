import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { readDiskMarks } from './disk-mark.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-marks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A disk with some bytes at some places. */
function disk(name: string, places: Readonly<Record<number, string>>, bytes = 131_072) {
  const content = Buffer.alloc(bytes);
  for (const [at, text] of Object.entries(places)) content.write(text, Number(at), 'latin1');
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, bytes };
}

const marks = ([first, ...others]: ReturnType<typeof disk>[]) =>
  readDiskMarks(localShell, { disks: [first ?? disk('none', {}), ...others] });

// What each kind is known by, where it has what is its own, and where it changes while it is in use.
it.each([
  { kind: 'a partition table', sign: {}, own: 440, changes: [1036, 1128, 70_000] },
  { kind: 'a GPT', sign: { 512: 'EFI PART' }, own: 568, changes: [1036, 70_000] },
  { kind: 'LVM', sign: { 512: 'LABELONE' }, own: 544, changes: [4608, 70_000] },
  { kind: 'XFS', sign: { 0: 'XFSB' }, own: 32, changes: [144, 540, 1060, 70_000] },
  { kind: 'ext4', sign: { 1080: '\x53\xef' }, own: 1128, changes: [1036, 1068, 65_568] },
  { kind: 'Btrfs', sign: { 65_600: '_BHRfS_M' }, own: 65_568, changes: [65_608, 70_000] },
  { kind: 'swap', sign: { 4086: 'SWAPSPACE2' }, own: 1036, changes: [4096, 65_568] },
])('knows a disk with $kind by what stays on it', async ({ sign, own, changes }) => {
  const [mine, other, ...used] = [
    disk('mine', { ...sign, [own]: 'own' }),
    disk('other', { ...sign, [own]: 'not' }),
    ...changes.map((at) => disk(`used-${at}`, { ...sign, [own]: 'own', [at]: 'counts' })),
  ];
  const mark = async (each: typeof mine) => (await marks([each]))[0];
  const before = await mark(mine);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await mark(other)).not.toBe(before);
  for (const each of used) expect(await mark(each)).toBe(before);
});

it('refuses two that are alike, but for other sizes', async () => {
  await expect(marks([disk('a', {}), disk('b', {})])).rejects.toThrow(
    /told apart, got .*a and .*b/,
  );
  expect(await marks([disk('a', {}), disk('b', {}, 262_144)])).toHaveLength(2);
});
