const unpackers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  fd377a58: ['xz', '-dc'],
  '28b52ffd': ['zstd', '-dcq'],
  '1f8b': ['gzip', '-dc'],
};

/** Length of the unpacked kernel, which the build puts behind the compressed one. */
const sizeBytes = 4;

/**
 * The ELF image that a bzImage carries compressed, and the program that unpacks it; undefined where
 * it carries none that we can unpack. Fields of the header: Linux/x86 boot protocol 2.08.
 */
export function compressedKernel(
  image: Buffer,
): { content: Buffer; unpack: readonly [string, ...string[]] } | undefined {
  if (image.length < 0x250 || image.toString('latin1', 0x202, 0x206) !== 'HdrS') return undefined;
  const sectors = image.readUInt8(0x1f1) || 4;
  const start = (sectors + 1) * 512 + image.readUInt32LE(0x248);
  const end = start + image.readUInt32LE(0x24c);
  const content = image.subarray(start, end);
  const magic = content.subarray(0, 4).toString('hex');
  const unpack = unpackers[magic] ?? unpackers[magic.slice(0, 4)];
  if (unpack === undefined) return undefined;
  // gzip's own trailer ends with it.
  return { content: unpack[0] === 'gzip' ? content : content.subarray(0, -sizeBytes), unpack };
}
