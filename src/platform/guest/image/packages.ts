import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';

/** Package name → version, for the packages whose files were unpacked. */
export type PackageVersions = Record<string, string>;

/**
 * The given packages and the libraries that they need, directly or through others, by name.
 * @param unused libraries that are left out, with all that only they need
 */
export async function withLibraries(
  shell: Shell,
  names: readonly string[],
  unused: RegExp,
): Promise<string[]> {
  const found = new Set(names);
  for (let fresh = [...names]; fresh.length > 0;) {
    const needed = await dependencies(shell, ...fresh);
    fresh = needed.filter(
      (name) => /^(lib|zlib)/.test(name) && !unused.test(name) && !found.has(name),
    );
    for (const name of fresh) found.add(name);
  }
  return [...found].sort();
}

/** What packages depend on directly. */
export async function dependencies(shell: Shell, ...names: readonly string[]): Promise<string[]> {
  // apt translates the words that are looked for here.
  const { stdout } = await shell.run(['apt-cache', 'depends', ...names], { env: { LC_ALL: 'C' } });
  const all = [...stdout.matchAll(/^\s*(?:Pre)?Depends: ([a-z0-9][^\s]*)$/gm)];
  return [...new Set(all.map((match) => match[1] ?? ''))];
}

/**
 * Downloads packages into `folder`/packages and unpacks them into `folder`/root: nothing is
 * installed, and root is not needed.
 */
export async function unpackPackages(
  shell: Shell,
  names: readonly string[],
  folder: string,
): Promise<{ root: string; versions: PackageVersions }> {
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  const versions: PackageVersions = {};
  for (const file of await downloadPackages(shell, names, join(folder, 'packages'))) {
    await shell.run(['dpkg', '-x', file, root]);
    const [name = '', version = ''] = basename(file).split('_');
    versions[name] = decodeURIComponent(version);
  }
  return { root, versions };
}

/**
 * Downloads packages into a folder of their own; needs no root.
 * @returns their files, in order of their names
 * @throws UserError if the archive does not give them
 */
export async function downloadPackages(
  shell: Shell,
  names: readonly string[],
  folder: string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  try {
    await shell.run(['apt-get', 'download', '-q', ...names], { cwd: folder, timeout: 600 });
  } catch (error) {
    throw new UserError(
      {
        message: `expected to download ${names.join(', ')} from the distribution's archive: ${
          error instanceof CommandError ? error.stderr.trim().split('\n').at(-1) : String(error)
        }`,
        remedy:
          'Run "apt-get update" as root and check that the archive can be reached, then try again.',
      },
      { cause: error },
    );
  }
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

/** Missing or old package lists make a download fail; root can mend that. */
export async function withPackageLists(shell: Shell, download: () => Promise<void>): Promise<void> {
  try {
    await download();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await shell.run(['apt-get', 'update', '-q'], { timeout: 300 });
    await download();
  }
}
