import { posix } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { runs, type Host } from '../remote/host.ts';
import { CommandError } from '../remote/shell.ts';
import { isThisMachine } from '../remote/this-machine.ts';
import { tokenFile } from './kinds/directory.ts';
import { randomToken, type Ledger, type Resource } from './ledger.ts';
import { createOwnedDirectory, tokenText } from './owned-directory.ts';

const limit = { timeout: 30, env: { LC_ALL: 'C' } };

/**
 * A directory of a host that goes, with all that lies in it, when the ledger is cleared: entered
 * first, then made, with a token in it by which `clean` knows it again.
 * @returns its path, with no symbolic link in the folders that lead to it
 * @throws UserError if it exists already or cannot be made
 */
export async function ownedDirectoryOn(host: Host, ledger: Ledger, path: string): Promise<string> {
  if (isThisMachine(host)) return createOwnedDirectory(ledger, path).path;
  const { entry, shell } = host;
  if (entry === undefined) throw new Error(`${host.name} cannot be entered in a ledger`);
  const fail = (message: string, cause: unknown) =>
    new UserError(
      {
        where: `${host.name}:${path}`,
        message,
        remedy: 'Choose a directory that exists, has space and can be written.',
      },
      { cause },
    );
  let real: string;
  try {
    const { stdout } = await shell.run(['realpath', '-e', '--', posix.dirname(path)], limit);
    real = posix.join(stdout.replace(/\n$/, ''), posix.basename(path));
  } catch (cause) {
    throw fail(`the work folder cannot be made (${reasonOf(cause)})`, cause);
  }
  const token = randomToken();
  const entered = ledger.enter({ kind: 'remote-directory', host: entry, path: real, token });
  try {
    await shell.run(['mkdir', '--', real], limit);
  } catch (cause) {
    // Only an answer of mkdir itself says that nothing was made.
    if (cause instanceof CommandError && cause.code !== undefined) ledger.release(entered);
    throw fail(`the work folder cannot be made (${reasonOf(cause)})`, cause);
  }
  try {
    await shell.writeFile(posix.join(real, tokenFile), tokenText(token));
    await shell.run(['sync', posix.join(real, tokenFile)], limit);
  } catch (cause) {
    throw fail(`the work folder cannot be written (${reasonOf(cause)})`, cause);
  }
  return real;
}

/** What the processes that a run starts on this host are entered as. */
export function processesOf({ entry }: Host, mark: string): Resource {
  return entry?.ssh === undefined
    ? { kind: 'processes', mark }
    : { kind: 'remote-processes', host: entry, mark };
}

/** What the guests of Xen are entered as that a run makes on this host; undefined where none run. */
export function domainsOf(host: Host, mark: string): Resource | undefined {
  const { entry } = host;
  if (entry === undefined || !runs(host, 'xen')) return undefined;
  return { kind: 'xen-domains', host: entry, mark };
}

/** `mkdir: cannot create directory '/x': File exists` → `File exists`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof CommandError)) return (error as Error).message;
  const said = error.stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? error.message : (/: ([^:]+)$/.exec(said)?.[1] ?? said);
}
