import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import { tokenFile } from '../../../platform/ledger/kinds/directory.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { CommandError, type Shell } from '../../../platform/remote/shell.ts';
import { ask } from '../../../platform/storage/ask.ts';
import { mountOf } from '../../../platform/storage/mounts.ts';

/** How often, and after how many seconds, a file is looked for that another host has written. */
const looks = { count: 20, pause: 0.1 };

/**
 * What one host has written must be there for the other, under the same path: clones name it.
 * @param directory one of ours, with its token in it
 * @throws UserError that says what each host has there
 */
export async function requireSameFiles(
  storage: string,
  writer: Host,
  reader: Host,
  directory: string,
): Promise<void> {
  const path = posix.join(directory, tokenFile);
  const written = await writer.shell.readFile(path);
  for (let look = 0; look < looks.count; look++) {
    const read = await reader.shell.readFile(path).catch((error: unknown) => {
      if (error instanceof CommandError || isAbsent(error)) return undefined;
      throw error;
    });
    if (read?.equals(written) === true) return;
    await sleep(looks.pause * 1000);
  }
  const [one, other] = await Promise.all(
    [writer, reader].map(({ shell }) => placeInWords(shell, directory)),
  );
  throw new UserError({
    where: `storages.${storage}`,
    message:
      `expected a storage that all hosts see under one path, ${reader.name} does not find there what ${writer.name} has written (${path}): ` +
      `${writer.name} has ${one} there, ${reader.name} has ${other}`,
    remedy: 'Mount it on every host at the same place, or say that it is local.',
  });
}

/** What a path lies on: `lustre from 10.0.0.1@tcp:/scratch, mounted at /mnt/scratch`. */
export async function placeInWords(shell: Shell, path: string): Promise<string> {
  for (let folder = path; ; folder = posix.dirname(folder)) {
    const there = await ask(shell, ['test', '-d', folder]);
    if (!there.ok && there.why !== 'refused') return 'something that does not answer';
    if (!there.ok && folder !== '/') continue;
    const mount = await mountOf(shell, folder);
    const lies =
      mount === undefined
        ? 'an unknown file system'
        : `${mount.type} from ${mount.source}, mounted at ${mount.target}`;
    return folder === path ? lies : `no such directory (${folder} is ${lies})`;
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
