import type { Argv, Shell } from '../../../platform/remote/shell.ts';
import { ask } from '../../../platform/storage/ask.ts';
import type { StorageBackend } from '../../../platform/storage/storage.ts';

/** Part of a file that may be left in memory and the file still called cold. */
const rest = 0.01;

/**
 * Has a host hold all of a file, or nothing of it.
 * @returns what was not permitted or is out of reach, in words; undefined if it is done
 * @throws CommandError if the file cannot be read
 */
export async function setFileCache(
  shell: Shell,
  { dropCaches }: Pick<StorageBackend, 'dropCaches'>,
  file: string,
  level: 'warm' | 'cold',
  signal: AbortSignal,
): Promise<string | undefined> {
  if (level === 'warm') {
    await shell.run(['dd', `if=${file}`, 'of=/dev/null', 'bs=1M', 'status=none'], { signal });
    return undefined;
  }
  if (dropCaches !== undefined) return dropCaches(shell, file);
  return dropPages(shell, file);
}

/** By posix_fadvise: coreutils' dd gives the advice for the whole file where it copies nothing. */
async function dropPages(shell: Shell, file: string): Promise<string | undefined> {
  const advice: Argv = ['dd', `if=${file}`, 'of=/dev/null', 'iflag=nocache', 'count=0'];
  const advised = await ask(shell, [...advice, 'status=none']);
  if (!advised.ok) return advised.text;
  const kept = await ask(shell, ['fincore', '--bytes', '--noheadings', '--output', 'RES', file]);
  const { stdout: size } = await shell.run(['stat', '-c', '%s', '--', file]);
  // Without fincore nobody can tell.
  if (!kept.ok || Number(kept.stdout) <= rest * Number(size)) return undefined;
  const share = Math.round((100 * Number(kept.stdout)) / Number(size));
  return `the host keeps ${share} % of it in memory`;
}
