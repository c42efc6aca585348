/** A part of a disk, in bytes. */
export interface Range {
  offset: number;
  bytes: number;
}

/** Sorts ranges, and joins those that touch, overlap, or lie at most `gap` bytes apart. */
export function joined(ranges: readonly Range[], gap = 0): Range[] {
  const result: Range[] = [];
  const sorted = ranges.filter(({ bytes }) => bytes > 0).sort((a, b) => a.offset - b.offset);
  for (const { offset, bytes } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && offset <= last.offset + last.bytes + gap) {
      last.bytes = Math.max(last.bytes, offset + bytes - last.offset);
    } else result.push({ offset, bytes });
  }
  return result;
}

/** What of some ranges is in none of the others, in order. */
export function minus(ranges: readonly Range[], others: readonly Range[]): Range[] {
  const result: Range[] = [];
  const holes = joined(others);
  let next = 0;
  for (const { offset, bytes } of joined(ranges)) {
    const end = offset + bytes;
    let at = offset;
    for (; next < holes.length; next += 1) {
      const hole = holes[next];
      if (hole === undefined || hole.offset >= end) break;
      if (hole.offset > at) result.push({ offset: at, bytes: hole.offset - at });
      at = Math.max(at, hole.offset + hole.bytes);
      // It may reach into the next range as well.
      if (at >= end) break;
    }
    if (at < end) result.push({ offset: at, bytes: end - at });
  }
  return result;
}

/** Grown to whole blocks, never past the end of the disk. */
export function aligned(ranges: readonly Range[], block: number, size: number): Range[] {
  return joined(
    ranges.map(({ offset, bytes }) => {
      const from = Math.floor(offset / block) * block;
      const to = Math.min(Math.ceil((offset + bytes) / block) * block, size);
      return { offset: from, bytes: to - from };
    }),
  );
}

/** Bytes of all of them, which do not overlap. */
export function bytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { bytes }) => sum + bytes, 0);
}
