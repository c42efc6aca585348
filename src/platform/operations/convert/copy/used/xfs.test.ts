import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localShell } from '../../../../remote/local.ts';
import type { Range } from '../ranges.ts';
import { readDisk } from './read-disk.ts';
import { usedRanges } from './used-ranges.ts';
import { lookIntoXfs, xfsLayout } from './xfs.ts';

const MiB = 2 ** 20;
const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
const folder = mkdtempSync(join(tmpdir(), 'vg-xfs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tool = (program: string, ...args: string[]) =>
  execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function whyNot(): string | undefined {
  try {
    tool('mkfs.xfs', '-V');
    return undefined;
  } catch {
    if (process.env.CI === 'true') throw new Error('expected mkfs.xfs (Debian: xfsprogs)');
    return 'no mkfs.xfs (Debian: xfsprogs)';
  }
}

function bytesAt(path: string, at: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  const file = openSync(path, 'r');
  readSync(file, buffer, 0, bytes, at);
  closeSync(file);
  return buffer;
}

/** A file with an XFS that holds some noise. */
function makeXfs(...options: string[]): string {
  const [path, prototype] = [join(folder, 'disk'), join(folder, 'prototype')];
  const lines = Array.from({ length: 10 }, (_, index) => {
    const file = join(folder, `noise${index}`);
    writeFileSync(file, randomBytes(70_000 * (index + 1)));
    return `noise${index} ---644 0 0 ${file}`;
  });
  writeFileSync(prototype, ['boot', '0 0', 'd--755 0 0', ...lines, '$', '$', ''].join('\n'));
  rmSync(path, { force: true });
  closeSync(openSync(path, 'w'));
  truncateSync(path, 400 * MiB);
  tool('mkfs.xfs', '-q', '-p', prototype, ...options, path);
  return path;
}

/** Free extents as xfsprogs tells them, as bytes. */
function freeByTools(path: string): Range[] {
  const layout = xfsLayout(bytesAt(path, 0, 512));
  if (layout === undefined) throw new Error('no XFS');
  const { groupBlocks, blockBytes } = layout;
  const text = tool('xfs_db', '-r', '-c', 'freesp -d', path).split('from')[0] ?? '';
  return [...text.matchAll(/^ +(\d+) +(\d+) +(\d+)$/gm)].map(([, group, block, count]) => ({
    offset: (Number(group) * groupBlocks + Number(block)) * blockBytes,
    bytes: Number(count) * blockBytes,
  }));
}

const missing = whyNot();

describe.skipIf(missing !== undefined)(
  `what of XFS is used${missing ? `, skipped: ${missing}` : ''}`,
  () => {
    it.each([
      ['with checksums, a log of whole stripes', ['-l', 'su=32k']],
      ['without, small blocks', ['-b', 'size=1024', '-m', 'crc=0,reflink=0,finobt=0']],
    ])('%s: is all that its own tools do not call free', async (_, options) => {
      const path = makeXfs(...options);
      const content = await lookIntoXfs(readDisk(localShell, path), statSync(path).size);
      expect(content).toMatchObject({ kind: 'xfs' });
      expect(content?.doubt).toBeUndefined();
      const own = new Set((content?.free ?? []).map(({ offset, bytes }) => `${offset} ${bytes}`));
      const theirs = freeByTools(path);
      const rest = theirs.filter(({ offset, bytes }) => !own.delete(`${offset} ${bytes}`));
      // Blocks that are kept for the trees themselves: theirs counts them one by one.
      expect([...own]).toEqual([]);
      expect(rest.every(({ bytes }) => bytes <= 4096)).toBe(true);
      const { used } = await usedRanges(readDisk(localShell, path), statSync(path).size);
      expect(used).toBeLessThan(150 * MiB);
    });

    it('is all of it where its log was not closed, or a group is not as full as it says', async () => {
      const path = makeXfs();
      const { log, sectorBytes } = xfsLayout(bytesAt(path, 0, 512)) ?? {};
      if (log === undefined || sectorBytes === undefined) throw new Error('no log');
      const size = statSync(path).size;
      const change = (at: number, change: number) => {
        const file = openSync(path, 'r+');
        writeSync(file, Buffer.from([(bytesAt(path, at, 1)[0] ?? 0) ^ change]), 0, 1, at);
        closeSync(file);
      };
      change(log.offset + 512 + 9, 0x20);
      const open = await usedRanges(readDisk(localShell, path), size);
      expect(open).toMatchObject({ used: size, parts: [{ doubt: 'its log is not played back' }] });
      change(log.offset + 512 + 9, 0x20);
      expect((await usedRanges(readDisk(localShell, path), size)).used).toBeLessThan(size / 2);
      change(sectorBytes + 55, 1);
      const wrong = await usedRanges(readDisk(localShell, path), size);
      expect(wrong.used).toBe(size);
      expect(wrong.parts[0]?.doubt).toMatch(/tree of group 0/);
    });
  },
);
