import { UserError } from '../../../../base/errors.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';

/** Seconds for a command on the source. */
const timeout = 60;

/**
 * Shell function: what tells a disk from others and stays while it is in use, as a checksum of what lies
 * at some places: the UUIDs of XFS, swap, ext2 to 4 and Btrfs on a whole disk, the signature of a
 * partition table, the header of a GPT, the label of LVM. The VMM has the same in its `init`.
 */
export const diskMark = `disk_mark() {
  for piece in 32:16 440:6 512:512 1036:16 1128:16 65568:16; do
    dd if="$1" bs=1 skip="\${piece%:*}" count="\${piece#*:}" 2> /dev/null
  done | sha256sum | cut -c 1-64
}
`;

/**
 * The marks of a machine's disks: another kernel may call them otherwise.
 * @throws UserError if two are alike
 */
export async function readDiskMarks(
  shell: Shell,
  { disks }: Pick<SourceFacts, 'disks'>,
): Promise<string[]> {
  const script = `${diskMark}for disk; do disk_mark "$disk"; done`;
  const argv = ['sh', '-c', script, 'marks', ...disks.map(({ path }) => path)] as const;
  const { stdout } = await shell.run(argv, { timeout });
  const marks = stdout.trim().split('\n');
  const seen = new Map<string, string>();
  for (const [index, { path, bytes }] of disks.entries()) {
    const mark = `${bytes} ${marks[index] ?? ''}`;
    const other = seen.get(mark);
    if (other !== undefined) {
      throw new UserError({
        where: shell.host,
        message: `expected disks that can be told apart, got ${other} and ${path}, which are alike: another kernel may call them otherwise`,
        remedy: 'Detach what nothing lies on, or give it a partition table.',
      });
    }
    seen.set(mark, path);
  }
  return marks;
}
