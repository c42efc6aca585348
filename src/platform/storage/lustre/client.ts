import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { ask } from '../ask.ts';
import { placeOf } from './find.ts';

/** @throws UserError if there is no `lfs`, without which nothing can be told of a Lustre mount */
export async function toolVersion(shell: Shell, directory: string): Promise<string> {
  const answer = await ask(shell, ['lfs', '--version']);
  if (answer.ok) return versionIn(answer.stdout);
  if (answer.why !== 'missing') return 'unknown';
  throw new UserError({
    where: placeOf(shell, directory),
    message: 'expected the program lfs beside a mounted Lustre, found none',
    remedy:
      'Install the package lustre-client-utils (or lustre-client) of the client on that host.',
  });
}

/** Of the running client, by `lctl` or, where that is missing, by the kernel's own files. */
export async function clientVersion(shell: Shell): Promise<string> {
  const answer = await ask(shell, ['lctl', 'get_param', '-n', 'version']);
  if (answer.ok && answer.stdout.trim() !== '') return versionIn(answer.stdout);
  const script = 'cat /sys/fs/lustre/version 2>/dev/null || cat /proc/fs/lustre/version';
  const file = await ask(shell, ['sh', '-c', script]);
  return file.ok ? versionIn(file.stdout) : 'unknown';
}

/** `lfs 2.17.57_62`, `lustre: 2.12.9` → the number. */
function versionIn(text: string): string {
  return /\d+\.\d+\S*/.exec(text)?.[0] ?? 'unknown';
}
