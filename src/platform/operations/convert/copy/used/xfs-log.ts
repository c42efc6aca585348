import type { XfsLayout } from './xfs.ts';
import type { ReadDisk } from './read-disk.ts';

const block = 512;
const recordMagic = 0xfeedbabe;
const unmountRecord = 0x20;
/** Blocks before the head in which the last record begins: it is as large as a buffer of the log. */
const most = 1024;

/**
 * Why what is on the disk may not be all: undefined where the last record of the log says that it was
 * closed. A file system that was made read-only, or unmounted, has such a record.
 * (XFS Algorithms & Data Structures: journaling log; each block begins with the number of its round,
 * that of a record's header with its magic, the round behind it.)
 */
export async function logDoubt(read: ReadDisk, { log }: XfsLayout): Promise<string | undefined> {
  if (log === undefined) return 'its log is on another disk';
  const count = log.bytes / block;
  const blocksAt = (numbers: readonly number[]) =>
    read(numbers.map((number) => ({ offset: log.offset + number * block, bytes: block })));
  const roundOf = (bytes: Buffer | undefined) =>
    bytes?.readUInt32BE(0) === recordMagic ? bytes.readUInt32BE(4) : (bytes?.readUInt32BE(0) ?? 0);
  const [first, last] = (await blocksAt([0, count - 1])).map(roundOf);
  // Behind the head stands what an earlier round has left, or nothing yet.
  let [low, high] = [0, count];
  if (first !== last) {
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      const [found] = (await blocksAt([middle])).map(roundOf);
      if (found === first) low = middle;
      else high = middle;
    }
  }
  const head = first === last ? count : high;
  const from = Math.max(0, head - most);
  const [text] = await read([{ offset: log.offset + from * block, bytes: (head - from) * block }]);
  if (text === undefined) return 'its log cannot be read';
  const tail = Array.from({ length: head - from }, (_, index) =>
    text.subarray(index * block, (index + 1) * block),
  );
  const at = tail.findLastIndex((bytes) => bytes.readUInt32BE(0) === recordMagic);
  const [header, data] = [tail[at], tail[at + 1]];
  const closed =
    header !== undefined &&
    data !== undefined &&
    at + 1 + Math.ceil(header.readUInt32BE(12) / block) === tail.length &&
    // One operation; the flags of its header are behind its transaction, its length and its client.
    header.readUInt32BE(40) === 1 &&
    (data.readUInt8(9) & unmountRecord) !== 0;
  return closed ? undefined : 'its log is not played back';
}
