import { CommandError, type Shell } from '../../../remote/shell.ts';
import { partitionsOf } from '../copy/used/partitions.ts';
import { readDisk, within } from '../copy/used/read-disk.ts';
import { extLayout } from '../copy/used/ext-layout.ts';

/** Seconds for each of them. */
const timeout = 1800;

/** What a check of a disk's file systems found. */
export interface CheckedFileSystems {
  /** Those that were checked. */
  checked: number;
  /** Those with errors. */
  faulty: number;
  /** What the check said of each, and of what is not checked. */
  report: string;
}

/**
 * `$1` the file, `$2` the byte at which the file system begins, `$3` a folder for a copy of its tables.
 * The journal is played back in the copy: a machine that was moved while it ran has one that is not
 * empty. Exit code of e2fsck, 0 for clean.
 */
const script = `
PATH=$PATH:/usr/sbin:/sbin; export PATH
command -v e2fsck > /dev/null && command -v e2image > /dev/null || { echo 'no e2fsprogs' >&2; exit 9; }
mkdir -p -- "$3" || exit 9
copy=$3/tables
rm -f -- "$copy"
e2image -r -o "$2" "$1" "$copy" > /dev/null || exit 9
# Where it fails, what it says has to come with the error.
e2fsck -y -E journal_only "$copy" >&2
e2fsck -fn "$copy" >&2
code=$?
rm -rf -- "$3"
exit $code`;

/**
 * Checks the file systems on a disk image that nobody writes, and changes nothing on it: by a copy of
 * their tables. ext2 to 4 so far; what else is on it is told as not checked.
 * @param work folder on its host for the copy; it is gone afterwards
 * @throws CommandError if the image cannot be read
 */
export async function checkFileSystems(
  shell: Shell,
  { path, bytes, work }: { path: string; bytes: number; work: string },
): Promise<CheckedFileSystems> {
  const read = readDisk(shell, path);
  const places = (await partitionsOf(read, bytes)) ?? [{ offset: 0, bytes }];
  const found: CheckedFileSystems = { checked: 0, faulty: 0, report: '' };
  for (const { offset, bytes: size } of places) {
    const [superblock] =
      size < 4096 ? [] : await within(read, offset)([{ offset: 1024, bytes: 1024 }]);
    if (superblock === undefined || extLayout(superblock) === undefined) {
      found.report += `at byte ${offset}: no ext file system, not checked\n`;
      continue;
    }
    const { code, said } = await check(shell, [path, String(offset), work]);
    if (code === undefined || code >= 8) {
      found.report += `at byte ${offset}: not checked: ${said}\n`;
      continue;
    }
    found.checked += 1;
    if (code !== 0) found.faulty += 1;
    found.report += `at byte ${offset}: e2fsck ended with code ${code}\n${said}\n`;
  }
  return found;
}

/** The same of several images, one after the other. */
export async function checkDisks(
  shell: Shell,
  disks: readonly { path: string; bytes: number }[],
  work: string,
): Promise<CheckedFileSystems> {
  const all: CheckedFileSystems = { checked: 0, faulty: 0, report: '' };
  for (const { path, bytes } of disks) {
    const { checked, faulty, report } = await checkFileSystems(shell, { path, bytes, work });
    all.checked += checked;
    all.faulty += faulty;
    all.report += disks.length === 1 ? report : `${path}:\n${report}`;
  }
  return all;
}

async function check(shell: Shell, args: readonly string[]) {
  try {
    const { stderr } = await shell.run(['sh', '-c', script, 'check', ...args], { timeout });
    return { code: 0, said: stderr.trim() };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.code, said: error.stderr.trim() };
  }
}
