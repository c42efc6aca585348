import { posix } from 'node:path';
import { z } from 'zod';
import { hostEntrySchema } from '../../remote/inventory/schema.ts';
import type { Shell } from '../../remote/shell.ts';
import { directoryFields, tokenFile } from './directory.ts';
import { fileNoun } from './file-noun.ts';
import { mountsWithin } from './mounts-within.ts';
import { onRemoteHost } from './remote-host.ts';
import type { Removed, ResourceKind } from './kind.ts';

const schema = z.strictObject({
  kind: z.literal('remote-directory'),
  host: hostEntrySchema,
  ...directoryFields,
});

/** A directory of a remote host, made by `ownedDirectoryOn`, with all that lies in it. */
export const remoteDirectory: ResourceKind<typeof schema> = {
  schema,
  rank: 2,
  unmistakable: true,
  describe: ({ host, path }) => `${path} on ${host.name}`,
  remove: ({ host, path, token }) =>
    onRemoteHost(host, (shell) => removeDirectoryOn(shell, path, token)),
};

const limit = { timeout: 30 };

/**
 * Removes a directory of the shell's host by the rules by which `directory` removes one of this
 * machine: only what carries the token, never through a link, never with a mount in it.
 * @throws Error saying why it is still there
 */
export async function removeDirectoryOn(
  shell: Shell,
  path: string,
  token: string,
): Promise<Removed[]> {
  // Renamed first, as `directory` does: a removal that is cut short can be taken up again.
  const condemned = `${path}.removing-${token}`;
  const found = await look(shell, path);
  if (found.parent === 'absent') return [];
  if (found.parent === 'moved') throw new Error('a symbolic link leads to it now');
  if (isOurs(found, token)) {
    await refuseMounts(shell, path);
    await shell.run(['mv', '-T', '--', path, condemned], limit);
  }
  if ((await look(shell, condemned)).what !== 'directory') return [];
  await refuseMounts(shell, condemned);
  const { stdout } = await shell.run(['find', condemned, '-type', 'f'], limit);
  const images = stdout.split('\n').filter((name) => fileNoun(name) === 'disk image').length;
  await shell.run(['rm', '-rf', '--one-file-system', '--', condemned], { timeout: 120 });
  return [
    ...(images === 0 ? [] : [{ what: 'disk image', count: images }]),
    { what: 'work folder', count: 1 },
  ];
}

interface Found {
  parent: 'absent' | 'moved' | 'there';
  what: 'nothing' | 'directory' | 'other';
  /** Names in the directory. */
  count: number;
  /** First line of its token file; undefined if there is no such file. */
  token: string | undefined;
}

const examine = `
path=$1
parent=$2
[ -d "$parent" ] || { echo absent; exit 0; }
[ "$(realpath -e -- "$parent")" = "$parent" ] || { echo moved; exit 0; }
echo there
if [ -d "$path" ] && [ ! -L "$path" ]; then
  echo directory
  names=$(ls -A -- "$path") || exit 3
  printf '%s' "$names" | grep -c ''
  if [ -f "$path/${tokenFile}" ] && [ ! -L "$path/${tokenFile}" ]; then
    printf 'token '
    head -c 64 -- "$path/${tokenFile}"
  elif [ -e "$path/${tokenFile}" ]; then echo 'token no file'
  fi
elif [ -e "$path" ] || [ -L "$path" ]; then echo other
else echo nothing
fi`;

async function look(shell: Shell, path: string): Promise<Found> {
  const argv = ['sh', '-c', examine, 'sh', path, posix.dirname(path)] as const;
  const { stdout } = await shell.run(argv, limit).catch((cause: unknown) => {
    // The script says nothing to those who read of it.
    const how = (cause as Error).message.replace(`${argv.join(' ')} `, '');
    throw new Error(`a look at it ${how}`, { cause });
  });
  const [parent, what = 'nothing', count = '0', last] = stdout.split('\n');
  return {
    parent: parent as Found['parent'],
    what: what as Found['what'],
    count: Number(count),
    token: last?.startsWith('token ') === true ? last.slice('token '.length) : undefined,
  };
}

/** As of `directory`. */
function isOurs({ what, count, token: first }: Found, token: string): boolean {
  if (what === 'nothing') return false;
  if (what === 'other') throw new Error('expected a directory, found something else');
  if (count === 0) return true;
  if (first !== undefined) {
    if (first === token) return true;
    // Killed while the token was being written.
    if (count === 1 && token.startsWith(first)) return true;
    if (/^[0-9a-f]{16}$/.test(first)) return false;
  }
  throw new Error(`it is not empty and has no ${tokenFile} file of this run in it`);
}

async function refuseMounts(shell: Shell, path: string): Promise<void> {
  const { stdout } = await shell.run(['cat', '/proc/self/mountinfo'], limit);
  const mounts = mountsWithin(path, stdout);
  if (mounts.length > 0) throw new Error(`something is mounted in it: ${mounts.join(', ')}`);
}
