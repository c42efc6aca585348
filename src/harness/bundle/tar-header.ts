/** Bytes of a header, and of the blocks that content is filled up to. */
export const blockSize = 512;
/** Bytes that eleven octal digits can say. */
export const largestFile = 8 ** 11 - 1;

/** An entry of an archive: only regular files have content that we take. */
export interface TarHeader {
  name: string;
  size: number;
  /** `0`: a regular file. */
  type: string;
}

/**
 * A ustar header (POSIX.1-1988) of a regular file. It depends on name and size alone: no owner, no time,
 * so that the same files make the same archive.
 * @returns undefined where the name cannot be split into a prefix of 155 and a name of 100 bytes
 */
export function tarHeader(name: string, size: number): Buffer | undefined {
  const split = splitName(name);
  if (split === undefined) return undefined;
  const header = Buffer.alloc(blockSize);
  header.write(split.name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(`${'0'.repeat(11)}\0`, 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(split.prefix, 345);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** @returns undefined for a block that is no header of that form; `end` for one of zeros */
export function readTarHeader(block: Buffer): TarHeader | 'end' | undefined {
  if (block.every((byte) => byte === 0)) return 'end';
  const size = field(block, 124, 12).trim();
  const sum = field(block, 148, 8).trim();
  if (!/^[0-7]+$/.test(size) || !/^[0-7]+$/.test(sum)) return undefined;
  if (parseInt(sum, 8) !== checksum(block)) return undefined;
  if (field(block, 257, 5) !== 'ustar') return undefined;
  const prefix = field(block, 345, 155);
  const name = field(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: parseInt(size, 8),
    type: String.fromCharCode(block[156] ?? 0).replace('\0', '0'),
  };
}

function splitName(path: string): { prefix: string; name: string } | undefined {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100) {
      return Buffer.byteLength(prefix) <= 155 ? { prefix, name } : undefined;
    }
  }
  return undefined;
}

/** Up to the first NUL. */
function field(block: Buffer, start: number, length: number): string {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? length : end);
}

/** The sum of all bytes, those of the sum itself taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 0;
  for (const [at, byte] of block.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  return sum;
}
