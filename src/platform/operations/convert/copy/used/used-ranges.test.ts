import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localShell } from '../../../../remote/local.ts';
import type { Range } from '../ranges.ts';
import { readDisk } from './read-disk.ts';
import { usedRanges } from './used-ranges.ts';

const MiB = 2 ** 20;
const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vg-used-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tool = (program: string, ...args: string[]) =>
  execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A file with an ext file system that holds some noise. */
function makeExt(mebibytes: number, ...options: string[]): string {
  const tree = join(folder, 'tree');
  mkdirSync(tree, { recursive: true });
  for (let index = 0; index < 5; index += 1) {
    writeFileSync(join(tree, `noise${index}`), randomBytes(300_000 * (index + 1)));
  }
  const path = join(folder, 'disk');
  tool('mke2fs', '-q', '-F', '-d', tree, ...options, path, `${mebibytes}M`);
  return path;
}

/** Free blocks as e2fsprogs tells them, as bytes. */
function freeByTools(path: string): Range[] {
  const text = tool('dumpe2fs', path);
  const [block = 0, cluster = block] = ['Block', 'Cluster'].flatMap((what) => {
    const found = new RegExp(`^${what} size: +(\\d+)`, 'm').exec(text)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
  return [...text.matchAll(/^ {2}Free blocks: (.*)$/gm)].flatMap(([, list = '']) =>
    list
      .split(', ')
      .filter(Boolean)
      .map((each) => {
        const [from = NaN, to = from] = each.split('-').map(Number);
        return { offset: from * block, bytes: (to - from) * block + cluster };
      }),
  );
}

const overlap = (a: Range, b: Range) =>
  Math.min(a.offset + a.bytes, b.offset + b.bytes) - Math.max(a.offset, b.offset);

const used = (path: string) => usedRanges(readDisk(localShell, path), statSync(path).size);

/** A disk with partitions, of which each gets the content of a file. */
function makeDisk(
  bytes: number,
  parts: { at: number; bytes: number; kind: number; from?: string }[],
) {
  const path = join(folder, 'whole');
  closeSync(openSync(path, 'w'));
  truncateSync(path, bytes);
  for (const { at, from } of parts) {
    if (from === undefined) continue;
    tool('dd', `if=${from}`, `of=${path}`, 'bs=1M', `seek=${at / MiB}`, 'conv=notrunc,sparse');
  }
  const table = Buffer.alloc(66);
  parts.forEach(({ at, bytes: size, kind }, index) => {
    table.writeUInt8(kind, 16 * index + 4);
    table.writeUInt32LE(at / 512, 16 * index + 8);
    table.writeUInt32LE(size / 512, 16 * index + 12);
  });
  table.writeUInt16LE(0xaa55, 64);
  const file = openSync(path, 'r+');
  writeSync(file, table, 0, 66, 446);
  closeSync(file);
  return path;
}

/** The label, the header and the metadata of a physical volume of LVM. */
function writePhysicalVolume(path: string, size: number, text: string): void {
  const [area, textAt] = [4096, 512];
  const head = Buffer.alloc(2 ** 20);
  head.write('LABELONE', 512, 'latin1');
  head.writeUInt32LE(32, 512 + 20);
  head.write('LVM2 001', 512 + 24, 'latin1');
  let at = 512 + 32 + 32;
  head.writeBigUInt64LE(BigInt(size), at);
  // Data, then metadata, of which there is a second copy at the end (--metadatacopies 2).
  for (const place of [2 ** 20, 0, 0, 0, area, 2 ** 20 - area, size - 2 ** 20, 2 ** 20]) {
    head.writeBigUInt64LE(BigInt(place), (at += 8));
  }
  head.write(' LVM2 x[5A%r0N*>', area + 4, 'latin1');
  head.writeBigUInt64LE(BigInt(textAt), area + 40);
  head.writeBigUInt64LE(BigInt(Buffer.byteLength(text)), area + 48);
  head.write(text, area + textAt, 'latin1');
  const file = openSync(path, 'r+');
  writeSync(file, head, 0, head.length, 0);
  closeSync(file);
}

describe('what of an ext file system is used', () => {
  it.each([
    ['ext4', ['-t', 'ext4'], 600],
    ['ext4, small blocks', ['-t', 'ext4', '-b', '1024'], 60],
    ['ext4 without checksums, 32 bits', ['-t', 'ext4', '-O', '^metadata_csum,^64bit'], 400],
    ['ext3', ['-t', 'ext3'], 300],
    ['ext2 in old form', ['-t', 'ext2', '-O', '^sparse_super,^resize_inode'], 300],
    ['two copies of the superblock', ['-t', 'ext4', '-O', 'sparse_super2'], 600],
    ['clusters', ['-t', 'ext4', '-O', 'bigalloc', '-C', '65536'], 600],
  ])('%s: is all that its own tools do not call free', async (_, options, mebibytes) => {
    const path = makeExt(mebibytes, ...options);
    const found = await used(path);
    const free = freeByTools(path);
    expect(found.parts).toMatchObject([{ kind: 'ext' }]);
    expect(found.parts[0]?.doubt).toBeUndefined();
    const freeBytes = free.reduce((sum, { bytes }) => sum + bytes, 0);
    const total = statSync(path).size;
    // Never less than what is used; more only by short gaps.
    let inFree = 0;
    for (const range of found.ranges) {
      for (const each of free) inFree += Math.max(0, overlap(range, each));
    }
    expect(found.used - inFree).toBe(total - freeBytes);
    expect(inFree).toBeLessThan(found.ranges.length * 2 * 65_536);
  });

  it('is all of it where the journal was not played back, or it has errors', async () => {
    const path = makeExt(40, '-t', 'ext4');
    tool('debugfs', '-w', '-R', 'feature needs_recovery', path);
    expect(await used(path)).toMatchObject({
      used: 40 * MiB,
      parts: [{ doubt: 'its journal is not played back' }],
    });
    tool('debugfs', '-w', '-R', 'feature -needs_recovery', path);
    expect((await used(path)).used).toBeLessThan(30 * MiB);
    tool('debugfs', '-w', '-R', 'ssv state 2', path);
    expect(await used(path)).toMatchObject({ used: 40 * MiB, parts: [{ doubt: 'it has errors' }] });
  });

  it('is all of it where a map was changed behind its back', async () => {
    const path = makeExt(40, '-t', 'ext4', '-b', '4096');
    // Says of the first blocks that they are free.
    const [, map = '0'] = /Block bitmap at (\d+)/.exec(tool('dumpe2fs', path)) ?? [];
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.from([0]), 0, 1, Number(map) * 4096);
    closeSync(file);
    const found = await used(path);
    expect(found.used).toBe(40 * MiB);
    expect(found.parts[0]?.doubt).toMatch(/map of group 0/);
  });
});

describe('what of a disk is used', () => {
  it('is by partition: an ext one by its map, swap not, what is not known whole, gaps at their ends', async () => {
    const ext = makeExt(64, '-t', 'ext4');
    const swap = join(folder, 'swap');
    closeSync(openSync(swap, 'w'));
    truncateSync(swap, 32 * MiB);
    tool('mkswap', swap);
    const path = makeDisk(400 * MiB, [
      { at: MiB, bytes: 64 * MiB, kind: 0x83, from: ext },
      { at: 65 * MiB, bytes: 32 * MiB, kind: 0x82, from: swap },
      { at: 100 * MiB, bytes: 50 * MiB, kind: 0x83 },
    ]);
    const found = await used(path);
    expect(found.parts.map(({ kind }) => kind)).toEqual(['ext', 'swap', 'unknown']);
    const covers = (offset: number) =>
      found.ranges.some((range) => offset >= range.offset && offset < range.offset + range.bytes);
    expect(covers(0)).toBe(true);
    expect(covers(65 * MiB)).toBe(true);
    expect(covers(80 * MiB)).toBe(false);
    for (const at of [98, 100, 125, 149, 151]) expect(covers(at * MiB)).toBe(true);
    expect(covers(250 * MiB)).toBe(false);
    expect(covers(400 * MiB - 512)).toBe(true);
  });

  it('is on LVM what its volumes hold: plain runs by the maps in them, what no volume has not', async () => {
    const extent = 4 * MiB;
    const ext = makeExt(64, '-t', 'ext4');
    const path = join(folder, 'volumes');
    const size = 200 * MiB;
    closeSync(openSync(path, 'w'));
    truncateSync(path, size);
    // Two runs, the second before the first; the other volume holds what is not known.
    const put = (from: number, to: number, extents: number) =>
      tool(
        ...(['dd', `if=${ext}`, `of=${path}`, 'bs=1M', 'conv=notrunc'] as const),
        ...[`skip=${(from * extent) / MiB}`, `seek=${1 + (to * extent) / MiB}`],
        `count=${(extents * extent) / MiB}`,
      );
    put(0, 20, 10);
    put(10, 3, 6);
    const text = (type: string) => `vg {\nid = "a-b"\nextent_size = ${extent / 512} # 4 MiB
physical_volumes {\npv0 {\nid = "x"\ndevice = "/dev/sda2" # Hint only\npe_start = 2048\npe_count = 49\n}\n}
logical_volumes {
root {\nstatus = ["READ", "WRITE", "VISIBLE"]\nsegment_count = 2
segment1 {\nstart_extent = 0\nextent_count = 10\ntype = "${type}"\nstripe_count = 1\nstripes = [\n"pv0", 20\n]\n}
segment2 {\nstart_extent = 10\nextent_count = 6\ntype = "striped"\nstripe_count = 1\nstripes = ["pv0", 3]\n}\n}
data {\nsegment1 {\nstart_extent = 0\nextent_count = 2\ntype = "striped"\nstripe_count = 1\nstripes = ["pv0", 40]\n}\n}
}\n}\n# Generated by LVM2\ncontents = "Text Format Volume Group"\nversion = 1\n`;
    writePhysicalVolume(path, size, text('striped'));
    const found = await used(path);
    expect(found.parts).toMatchObject([{ kind: 'lvm' }]);
    expect(found.parts[0]?.doubt).toBeUndefined();
    const covers = (offset: number) =>
      found.ranges.some((range) => offset >= range.offset && offset < range.offset + range.bytes);
    const onDisk = (at: number) =>
      MiB + (at < 10 * extent ? 20 * extent + at : 3 * extent + at - 10 * extent);
    let free = 0;
    for (const range of freeByTools(ext)) {
      for (
        let at = range.offset + 65_536;
        at < range.offset + range.bytes - 131_072;
        at += 65_536
      ) {
        free += covers(onDisk(at)) ? 0 : 1;
      }
    }
    expect(free).toBeGreaterThan(300);
    const inUse = freeByTools(ext).reduce((sum, { bytes }) => sum - bytes, 64 * MiB);
    expect(found.used).toBeGreaterThan(inUse + 2 * extent);
    for (const at of [0, MiB - 1, MiB + 40 * extent, MiB + 42 * extent - 1]) {
      expect(covers(at)).toBe(true);
    }
    expect(covers(MiB + 45 * extent)).toBe(false);
    for (const at of [size - MiB, size - 1]) expect(covers(at)).toBe(true);
    expect(covers(MiB + 12 * extent)).toBe(false);

    writePhysicalVolume(path, size, text('thin-pool'));
    const thin = await used(path);
    expect(thin.used).toBe(size);
    expect(thin.parts[0]?.doubt).toMatch(/plain runs/);
  });

  it('is all of it where it has no partitions that can be trusted', async () => {
    const bytes = 40 * MiB;
    const bad = makeDisk(bytes, [{ at: MiB, bytes: 100 * MiB, kind: 0x83 }]);
    expect((await used(bad)).used).toBe(bytes);
    const overlapping = makeDisk(bytes, [
      { at: MiB, bytes: 20 * MiB, kind: 0x83 },
      { at: 10 * MiB, bytes: 20 * MiB, kind: 0x83 },
    ]);
    expect((await used(overlapping)).used).toBe(bytes);
  });
});
