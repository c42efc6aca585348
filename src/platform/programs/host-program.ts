import { join } from 'node:path';
import { cacheDirectory, cached, contentKey } from '../guest/image/cache.ts';
import { folderContents } from '../guest/image/folder-contents.ts';
import type { Host } from '../remote/host.ts';
import { localShell } from '../remote/local.ts';
import { CommandError, type Shell } from '../remote/shell.ts';
import { isThisMachine } from '../remote/this-machine.ts';
import { compileProgram, programSources, type ProgramName } from './compile.ts';

/** Seconds for a look at a folder of the host. */
const patience = 30;

/**
 * One of our programs on a host: compiled once per version of its sources, put into the host's cache
 * once per host.
 * @param cache of this machine
 * @returns its path on the host
 * @throws UserError if it cannot be compiled here; CommandError if it cannot be put there
 */
export async function hostProgram(
  host: Host,
  cache = cacheDirectory(process.env),
  program: ProgramName = 'vg-host',
): Promise<string> {
  const name = `${program}-${contentKey(...(await folderContents(...programSources(program))))}`;
  const folder = await cached(cache, name, (partial) =>
    compileProgram(program, join(partial, program), localShell),
  );
  const own = join(folder, program);
  if (isThisMachine(host)) return own;
  const there = `${host.cache}/${name}`;
  const path = `${there}/${program}`;
  if (await isExecutable(host.shell, path)) return path;
  await host.shell.run(['mkdir', '-p', '--', there], { timeout: patience });
  await host.shell.upload(own, path);
  return path;
}

async function isExecutable(shell: Shell, path: string): Promise<boolean> {
  try {
    await shell.run(['test', '-x', path], { timeout: patience });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.code === 1) return false;
    throw error;
  }
}
