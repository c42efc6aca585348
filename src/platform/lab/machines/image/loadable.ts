/** Fields of an ELF file of 64 bits, lower byte first: System V ABI, chapters 4 and 5. */
const fields = { segments: 32, sections: 40, segmentSize: 54, segmentCount: 56, sectionCount: 60 };
const segment = { type: 0, offset: 8, fileSize: 32, headerSize: 56 };
const load = 1;
const page = 4096;

/** Whether an ELF program is one of 64 bits. */
export const isOf64Bits = (program: Buffer): boolean => program.readUInt8(4) === 2;

/**
 * An ELF program of 64 bits with what a loader takes from it and nothing else: its segments, one behind
 * the other, without the zeros at their end, which the loader makes itself. A kernel takes half the room.
 */
export function loadable(program: Buffer): Buffer {
  const first = Number(program.readBigUInt64LE(fields.segments));
  const size = program.readUInt16LE(fields.segmentSize);
  const count = program.readUInt16LE(fields.segmentCount);
  if (size !== segment.headerSize) {
    throw new Error(`expected ELF of 64 bits, got headers of ${size}`);
  }
  const head = Buffer.from(program.subarray(0, first + size * count));
  // Sections are for linkers and debuggers.
  head.writeBigUInt64LE(0n, fields.sections);
  head.writeUInt32LE(0, fields.sectionCount);
  const parts: Buffer[] = [head];
  let end = head.length;
  const moved: { from: number; to: number; length: number }[] = [];
  const headers = Array.from({ length: count }, (_, index) => {
    const bytes = head.subarray(first + size * index, first + size * (index + 1));
    const from = Number(bytes.readBigUInt64LE(segment.offset));
    const length = Number(bytes.readBigUInt64LE(segment.fileSize));
    return { bytes, from, length, isLoaded: bytes.readUInt32LE(segment.type) === load };
  });
  for (const { bytes, from, length } of headers.filter(({ isLoaded }) => isLoaded)) {
    const content = withoutZerosAtEnd(program.subarray(from, from + length));
    const to = Math.ceil(end / page) * page;
    bytes.writeBigUInt64LE(BigInt(to), segment.offset);
    bytes.writeBigUInt64LE(BigInt(content.length), segment.fileSize);
    parts.push(Buffer.alloc(to - end), content);
    end = to + content.length;
    moved.push({ from, to, length });
  }
  // Such as notes: a part of what is loaded has moved with it.
  for (const { bytes, from } of headers.filter(({ isLoaded }) => !isLoaded)) {
    const whole = moved.find((each) => each.from <= from && from < each.from + each.length);
    if (whole) bytes.writeBigUInt64LE(BigInt(whole.to + from - whole.from), segment.offset);
  }
  return Buffer.concat(parts);
}

function withoutZerosAtEnd(content: Buffer): Buffer {
  let end = content.length;
  while (end > 0 && content[end - 1] === 0) end -= 1;
  return content.subarray(0, end);
}
