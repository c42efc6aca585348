import { joined, minus, type Range } from '../ranges.ts';
import type { ReadDisk } from './read-disk.ts';

/** Bytes: all tables count in these, on disks with larger sectors as well (GPT: tried both ways). */
const sector = 512;
const extended = new Set([0x05, 0x0f, 0x85]);
const gptKind = 0xee;
/** A chain of logical partitions that is longer is none. */
const mostLogical = 128;

/**
 * The partitions of a disk, by its MBR with logical ones, or its GPT.
 * @returns undefined if it has no table, or none that can be trusted
 */
export async function partitionsOf(read: ReadDisk, bytes: number): Promise<Range[] | undefined> {
  const entries = await mbrAt(read, 0);
  if (entries === undefined) return undefined;
  const found = entries.some(({ kind }) => kind === gptKind)
    ? await gptPartitions(read, bytes)
    : await dosPartitions(read, entries);
  if (found === undefined) return undefined;
  const sorted = found.filter((each) => each.bytes > 0).sort((a, b) => a.offset - b.offset);
  const apart = joined(
    sorted.map((each) => ({ ...each, bytes: each.bytes - sector })),
    0,
  );
  const inside = minus(sorted, [{ offset: sector, bytes: bytes - sector }]).length === 0;
  return inside && apart.length === sorted.length ? sorted : undefined;
}

interface Entry extends Range {
  kind: number;
  bootable: number;
}

async function mbrAt(read: ReadDisk, offset: number): Promise<Entry[] | undefined> {
  const [text] = await read([{ offset, bytes: sector }]);
  if (text?.readUInt16LE(510) !== 0xaa55) return undefined;
  const entries = [0, 1, 2, 3].map((index) => {
    const at = 446 + 16 * index;
    return {
      ...{ bootable: text.readUInt8(at), kind: text.readUInt8(at + 4) },
      ...{ offset: text.readUInt32LE(at + 8) * sector, bytes: text.readUInt32LE(at + 12) * sector },
    };
  });
  // The code of a boot sector stands where a table has its entries.
  if (entries.some(({ bootable }) => bootable !== 0 && bootable !== 0x80)) return undefined;
  return entries.filter(({ kind, bytes }) => kind !== 0 && bytes > 0);
}

async function dosPartitions(
  read: ReadDisk,
  entries: readonly Entry[],
): Promise<Range[] | undefined> {
  if (entries.length === 0) return undefined;
  const found: Range[] = entries.filter(({ kind }) => !extended.has(kind));
  for (const container of entries.filter(({ kind }) => extended.has(kind))) {
    let next: number | undefined = container.offset;
    for (let count = 0; next !== undefined; count += 1) {
      const chained: Entry[] | undefined = await mbrAt(read, next);
      if (chained === undefined || count > mostLogical) return undefined;
      const at: number = next;
      const logical = chained.find(({ kind }) => !extended.has(kind));
      if (logical) found.push({ offset: at + logical.offset, bytes: logical.bytes });
      const link = chained.find(({ kind }) => extended.has(kind));
      next = link && container.offset + link.offset;
    }
  }
  return found.map(({ offset, bytes }) => ({ offset, bytes }));
}

async function gptPartitions(read: ReadDisk, bytes: number): Promise<Range[] | undefined> {
  for (const size of [sector, 4096]) {
    if (bytes < 3 * size) return undefined;
    const [head] = await read([{ offset: size, bytes: 92 }]);
    if (head?.toString('latin1', 0, 8) !== 'EFI PART') continue;
    const [at, count, each] = [
      head.readBigUInt64LE(72),
      head.readUInt32LE(80),
      head.readUInt32LE(84),
    ];
    if (count > 1024 || each < 128 || each > 4096) return undefined;
    const [table] = await read([{ offset: Number(at) * size, bytes: count * each }]);
    if (table === undefined) return undefined;
    return Array.from({ length: count }, (_, index) => index * each).flatMap((entry) => {
      if (table.subarray(entry, entry + 16).every((byte) => byte === 0)) return [];
      const first = Number(table.readBigUInt64LE(entry + 32)) * size;
      const end = (Number(table.readBigUInt64LE(entry + 40)) + 1) * size;
      return [{ offset: first, bytes: end - first }];
    });
  }
  return undefined;
}
