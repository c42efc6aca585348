/** A capture file with these packets. */
export function pcapFile(
  linkType: number,
  packets: readonly { seconds: number; part: number; data: Uint8Array }[],
  { little, nano }: { little: boolean; nano: boolean },
): Buffer {
  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    values.forEach((value, i) =>
      little ? bytes.writeUInt32LE(value, i * 4) : bytes.writeUInt32BE(value, i * 4),
    );
    return bytes;
  };
  const version = little ? words(0x0004_0002) : words(0x0002_0004);
  return Buffer.concat([
    ...[words(nano ? 0xa1b23c4d : 0xa1b2c3d4), version, words(0, 0, 262_144, linkType)],
    ...packets.flatMap(({ seconds, part, data }) => [
      ...[words(seconds, part, data.length, data.length), data],
    ]),
  ]);
}
