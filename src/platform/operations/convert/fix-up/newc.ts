/** A file or a folder in an archive; without content it is a folder. */
export interface ArchiveEntry {
  path: string;
  content?: Uint8Array;
}

const regular = 0o100644;
const folder = 0o040755;

/**
 * Packs files as the kernel wants them in a first root, all of them root's (cpio, "new ASCII"; Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst).
 */
export function newc(entries: readonly ArchiveEntry[]): Buffer {
  const parts = entries.map(({ path, content }, index) =>
    record(path, content, { inode: index + 1, mode: content === undefined ? folder : regular }),
  );
  return Buffer.concat([...parts, record('TRAILER!!!', undefined, { inode: 0, mode: 0 })]);
}

function record(
  path: string,
  content: Uint8Array | undefined,
  { inode, mode }: { inode: number; mode: number },
): Buffer {
  const bytes = content?.length ?? 0;
  const name = Buffer.from(`${path}\0`);
  // Owner, group, links, time, size, device twice, device of the file twice, length of the name, sum.
  const fields = [inode, mode, 0, 0, 1, 0, bytes, 0, 0, 0, 0, name.length, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([
    padded(Buffer.concat([Buffer.from(head, 'latin1'), name])),
    padded(Buffer.from(content ?? [])),
  ]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
