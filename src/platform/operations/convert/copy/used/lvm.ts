import { minus, type Range } from '../ranges.ts';
import type { Content, LookInto } from './content.ts';
import { parseLvmText, sectionsOf, type LvmSection } from './lvm-text.ts';
import type { ReadDisk } from './read-disk.ts';

const sector = 512;
const magic = ' LVM2 x[5A%r0N*>';

/** One run of a logical volume on the disk; bytes. */
export interface Run {
  /** Where it is in the volume. */
  offset: number;
  /** Where it lies in the physical volume. */
  at: number;
  bytes: number;
}

/**
 * A physical volume of LVM: what no logical volume has is free, and of each that lies on the disk in
 * plain runs what is free in it. In doubt nothing is free: several physical volumes, mirrors, thin
 * pools, snapshots, caches. (lvm2: lib/format_text/layout.h, lib/label/label.h.)
 * @param contentOf says what a part of a disk is
 */
export const lookIntoLvm =
  (contentOf: (read: ReadDisk, bytes: number) => Promise<Content>): LookInto =>
  async (read, bytes) => {
    const metadata = await metadataOf(read, bytes);
    if (metadata === undefined) return undefined;
    const inDoubt = (doubt: string) => ({ kind: 'lvm', free: [], doubt });
    let volumes: Run[][] | undefined;
    try {
      volumes = plainVolumes(parseLvmText(metadata.text));
    } catch (error) {
      return inDoubt(`its metadata: ${(error as Error).message}`);
    }
    if (volumes === undefined) return inDoubt('it has volumes that are not in plain runs');
    const all = volumes.flat();
    if (all.some(({ at, bytes: run }) => at + run > bytes)) return inDoubt('it is cut off');
    const first = Math.min(...all.map(({ at }) => at), bytes);
    // The second copy of the metadata lies behind all volumes.
    const free = minus(
      [{ offset: first, bytes: bytes - first }],
      [...all.map(({ at, bytes: run }) => ({ offset: at, bytes: run })), ...metadata.areas],
    );
    for (const runs of volumes) {
      const size = runs.reduce((sum, run) => sum + run.bytes, 0);
      const content = await contentOf((ranges) => readRuns(read, runs, ranges), size);
      for (const range of content.free) {
        for (const own of inRuns(runs, range)) free.push(own);
      }
    }
    return { kind: 'lvm', free };
  };

/** What a physical volume says of its group. */
interface Metadata {
  /** Empty where it cannot be read. */
  text: string;
  /** Where it keeps that, and copies of it. */
  areas: readonly Range[];
}

/** Undefined where it is no physical volume. */
async function metadataOf(read: ReadDisk, bytes: number): Promise<Metadata | undefined> {
  if (bytes < 2 ** 20) return undefined;
  const [head] = await read([{ offset: 0, bytes: 4 * sector }]);
  const label = [0, 1, 2, 3].find(
    (index) => head?.toString('latin1', index * sector, index * sector + 8) === 'LABELONE',
  );
  if (head === undefined || label === undefined) return undefined;
  // The header of the volume: its id, its size, places of data, places of metadata; each list ends
  // with an empty one.
  let at = label * sector + head.readUInt32LE(label * sector + 20) + 40;
  const places: Range[][] = [];
  for (let list: Range[] = []; places.length < 2 && at + 16 <= head.length; at += 16) {
    const place = {
      offset: Number(head.readBigUInt64LE(at)),
      bytes: Number(head.readBigUInt64LE(at + 8)),
    };
    if (place.offset !== 0) list.push(place);
    else {
      places.push(list);
      list = [];
    }
  }
  const areas = places[1] ?? [];
  const [area] = areas;
  const unknown = { text: '', areas };
  if (area === undefined || area.offset + area.bytes > bytes) return unknown;
  const [header] = await read([{ offset: area.offset, bytes: sector }]);
  if (header?.toString('latin1', 4, 20) !== magic) return unknown;
  const [offset, size] = [Number(header.readBigUInt64LE(40)), Number(header.readBigUInt64LE(48))];
  if (offset === 0 || offset + size > area.bytes) return unknown;
  const [text] = await read([{ offset: area.offset + offset, bytes: size }]);
  return { text: text?.toString('latin1').replaceAll('\0', '') ?? '', areas };
}

/** Each logical volume in its runs; undefined where one is not in plain runs on this disk alone. */
function plainVolumes(text: LvmSection): Run[][] | undefined {
  const [group] = sectionsOf(text);
  if (group === undefined) return undefined;
  const [, { extent_size: extentSectors, physical_volumes, logical_volumes }] = group;
  const disks = sectionsOf(physical_volumes);
  const [name, { pe_start: start }] = disks[0] ?? ['', {}];
  if (disks.length !== 1 || typeof extentSectors !== 'number' || typeof start !== 'number') {
    return undefined;
  }
  const extent = extentSectors * sector;
  const volumes: Run[][] = [];
  for (const [, volume] of sectionsOf(logical_volumes)) {
    const runs: Run[] = [];
    for (const [, segment] of sectionsOf(volume)) {
      const { type, stripe_count, stripes, start_extent, extent_count } = segment;
      if (type !== 'striped' || stripe_count !== 1 || !Array.isArray(stripes)) return undefined;
      const [on, from] = stripes;
      if (on !== name || typeof from !== 'number') return undefined;
      if (typeof start_extent !== 'number' || typeof extent_count !== 'number') return undefined;
      const at = start * sector + from * extent;
      runs.push({ offset: start_extent * extent, at, bytes: extent_count * extent });
    }
    volumes.push(runs.sort((a, b) => a.offset - b.offset));
  }
  return volumes;
}

/** Where a range of a volume lies on the disk. */
function inRuns(runs: readonly Run[], { offset, bytes }: Range): Range[] {
  return runs.flatMap((run) => {
    const from = Math.max(offset, run.offset);
    const to = Math.min(offset + bytes, run.offset + run.bytes);
    return to > from ? [{ offset: run.at + from - run.offset, bytes: to - from }] : [];
  });
}

async function readRuns(
  read: ReadDisk,
  runs: readonly Run[],
  ranges: readonly Range[],
): Promise<Buffer[]> {
  const parts = ranges.map((range) => inRuns(runs, range));
  const found = await read(parts.flat());
  let next = 0;
  return parts.map((each) => Buffer.concat(found.slice(next, (next += each.length))));
}
