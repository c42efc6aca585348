/** A packet as the kernel stamped it on a network interface. */
export interface CapturedPacket {
  /** Seconds since 1970, by the wall clock of the host. */
  at: number;
  /** From its first header; cut where the capture kept no more. */
  data: Buffer;
}

export interface Capture {
  /** What the first header is: a LINKTYPE_ of pcap. */
  linkType: number;
  packets: CapturedPacket[];
}

const fileHeader = 24;
const packetHeader = 16;
/** No capture keeps more of a packet: a longer one is damage. */
const longestPacket = 262_144;

/** Bytes at the start of the file → byte order, and parts of a second. */
const magics = new Map<number, { little: boolean; parts: number }>([
  [0xa1b2c3d4, { little: false, parts: 1e6 }],
  [0xd4c3b2a1, { little: true, parts: 1e6 }],
  [0xa1b23c4d, { little: false, parts: 1e9 }],
  [0x4d3cb2a1, { little: true, parts: 1e9 }],
]);

/**
 * Reads a capture file (draft-ietf-opsawg-pcap) as tcpdump writes it. A packet that is not whole at
 * the end is left out: the capture was ended there.
 * @throws Error if it is no capture file, or damaged
 */
export function parsePcap(file: Buffer): Capture {
  const magic = file.length >= fileHeader ? magics.get(file.readUInt32BE(0)) : undefined;
  if (magic === undefined) {
    const start = file.subarray(0, 4).toString('hex');
    throw new Error(`expected a capture file (pcap), got ${file.length} bytes, first: ${start}`);
  }
  const word = (at: number) => (magic.little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const packets: CapturedPacket[] = [];
  for (let at = fileHeader; at + packetHeader <= file.length;) {
    const length = word(at + 8);
    if (length > longestPacket) {
      throw new Error(`expected a packet at byte ${at} of the capture, got one of ${length} bytes`);
    }
    const start = at + packetHeader;
    if (start + length > file.length) break;
    packets.push({
      at: word(at) + word(at + 4) / magic.parts,
      data: file.subarray(start, start + length),
    });
    at = start + length;
  }
  // The upper bits tell of a frame check sequence, not of the header.
  return { linkType: word(20) & 0xffff, packets };
}
