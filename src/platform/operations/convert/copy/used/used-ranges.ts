import { aligned, bytesOf, joined, minus, type Range } from '../ranges.ts';
import type { Content, LookInto } from './content.ts';
import { lookIntoExt } from './ext.ts';
import { lookIntoLvm } from './lvm.ts';
import { partitionsOf } from './partitions.ts';
import { within, type ReadDisk } from './read-disk.ts';
import { lookIntoSwap } from './swap.ts';
import { lookIntoXfs } from './xfs.ts';

/** What of a disk holds something. */
export interface UsedRanges {
  /** In order, apart, of whole blocks of 4 KiB. */
  ranges: Range[];
  /** Their bytes. */
  used: number;
  /** What was found where. */
  parts: (Range & { kind: string; doubt?: string })[];
}

/** What is looked for in a partition; a new file system is a file and a line here. */
const looks: readonly LookInto[] = [lookIntoExt, lookIntoXfs, lookIntoSwap, lookIntoLvm(contentOf)];

const block = 4096;
/** Less than this between two used ranges is copied with them: that is quicker than to leave it out. */
const leastGap = 65_536;
/** Bytes at both ends of what is in no partition: there boot loaders and arrays keep something. */
const edge = 16 * 2 ** 20;

/**
 * What of a disk holds something, by its partitions and the maps of their file systems. What is not
 * known, or of which its map is in doubt, counts as used whole.
 * @param read of a disk that nobody writes
 * @throws Error if it cannot be read
 */
export async function usedRanges(read: ReadDisk, bytes: number): Promise<UsedRanges> {
  const partitions = await partitionsOf(read, bytes);
  const places = partitions ?? [{ offset: 0, bytes }];
  const parts: UsedRanges['parts'] = [];
  const free: Range[] = [];
  for (const place of places) {
    const content = await contentOf(within(read, place.offset), place.bytes);
    const { kind, doubt } = content;
    parts.push({ ...place, kind, ...(doubt !== undefined && { doubt }) });
    for (const each of content.free) free.push({ ...each, offset: place.offset + each.offset });
  }
  for (const gap of minus([{ offset: 0, bytes }], places)) {
    const middle = { offset: gap.offset + edge, bytes: gap.bytes - 2 * edge };
    if (middle.bytes > 0) free.push(middle);
  }
  const used = aligned(minus([{ offset: 0, bytes }], free), block, bytes);
  const ranges = joined(used, leastGap);
  return { ranges, used: bytesOf(ranges), parts };
}

async function contentOf(read: ReadDisk, bytes: number): Promise<Content> {
  for (const look of looks) {
    const content = await look(read, bytes);
    if (content !== undefined) return content;
  }
  return { kind: 'unknown', free: [], doubt: 'its content is not known' };
}
