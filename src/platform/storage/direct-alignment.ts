import type { Shell } from '../remote/shell.ts';
import { ask } from './ask.ts';

/** Bytes: a sector is the least that any disk has, a page what every storage takes. */
const candidates = [512, 1024, 2048, 4096];

// dd's buffer is aligned to a page: only offset and length are tried.
const script =
  'f=$1; shift; for n in "$@"; do' +
  ' dd if=/dev/zero "of=$f" bs="$n" seek=1 count=1 oflag=direct conv=notrunc status=none 2>&- &&' +
  ' echo "$n" && break; done; true';

/**
 * The smallest alignment of offset and length that O_DIRECT takes in a file, found by writing to it;
 * undefined where a page is not enough, or nobody can tell.
 * @param file of at least 4096 bytes; a part of it is overwritten
 */
export async function directAlignment(shell: Shell, file: string): Promise<number | undefined> {
  const answer = await ask(shell, ['sh', '-c', script, 'sh', file, ...candidates.map(String)]);
  const found = answer.ok ? Number(answer.stdout.trim()) : NaN;
  return candidates.includes(found) ? found : undefined;
}
