/** One archive in an initramfs, which is several, one behind the other. */
export interface CpioNames {
  names: string[];
  /** Where what is left begins: another archive, usually compressed; the length where nothing is. */
  next: number;
}

const headerBytes = 110;
const magic = /^07070[12]$/;

/**
 * The names in the archive that begins at an offset, and in all that follow it and are not
 * compressed (cpio, "new ASCII"; Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
 * @throws Error where an archive is cut off
 */
export function cpioNames(bytes: Uint8Array, offset = 0): CpioNames {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  let at = offset;
  for (;;) {
    while (at < buffer.length && buffer[at] === 0) at += 1;
    if (!magic.test(buffer.toString('latin1', at, at + 6))) return { names, next: at };
    if (at + headerBytes > buffer.length)
      throw new Error('expected a whole cpio archive, it is cut off');
    const field = (index: number) =>
      parseInt(buffer.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const size = field(6);
    const nameBytes = field(11);
    const body = aligned(at + headerBytes + nameBytes, offset);
    const end = aligned(body + size, offset);
    if (!(nameBytes > 0) || !(body + size <= buffer.length)) {
      throw new Error('expected a whole cpio archive, it is cut off');
    }
    const name = buffer.toString('utf8', at + headerBytes, at + headerBytes + nameBytes - 1);
    if (name !== 'TRAILER!!!') names.push(name);
    at = end;
  }
}

function aligned(at: number, base: number): number {
  return base + Math.ceil((at - base) / 4) * 4;
}

const packers: readonly (readonly [string, string])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['fd377a58', 'xz'],
  ['02214c18', 'lz4'],
  ['04224d18', 'lz4'],
  ['425a68', 'bzip2'],
  ['5d0000', 'lzma'],
  ['894c5a4f', 'lzop'],
];

/** The program that packed what begins so; undefined if it is none of those that the kernel knows. */
export function packerOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  return packers.find(([magic]) => start.startsWith(magic))?.[1];
}
