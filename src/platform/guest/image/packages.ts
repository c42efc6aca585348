import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';

/** Package name → version, for the packages whose files were unpacked. */
export type PackageVersions = Record<string, string>;

const closure = [
  'apt-cache',
  'depends',
  '--recurse',
  '--no-recommends',
  '--no-suggests',
  '--no-conflicts',
  '--no-breaks',
  '--no-replaces',
  '--no-enhances',
] as const;

/** The given packages and the libraries that they need, by name. */
export async function withLibraries(shell: Shell, names: readonly string[]): Promise<string[]> {
  const { stdout } = await shell.run([...closure, ...names]);
  const all = new Set(stdout.split('\n').filter((line) => /^[a-z0-9]/.test(line)));
  return [...all].filter((name) => names.includes(name) || /^(lib|zlib)/.test(name)).sort();
}

/** What a package depends on directly. */
export async function dependencies(shell: Shell, name: string): Promise<string[]> {
  const { stdout } = await shell.run(['apt-cache', 'depends', name]);
  return [...stdout.matchAll(/^\s*Depends: ([a-z0-9][^\s]*)$/gm)].map((match) => match[1] ?? '');
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
  const packages = join(folder, 'packages');
  const root = join(folder, 'root');
  await mkdir(packages, { recursive: true });
  await mkdir(root, { recursive: true });
  try {
    await shell.run(['apt-get', 'download', '-q', ...names], { cwd: packages, timeout: 600 });
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
  const versions: PackageVersions = {};
  for (const file of (await readdir(packages)).sort()) {
    await shell.run(['dpkg', '-x', join(packages, file), root]);
    const [name = '', version = ''] = file.split('_');
    versions[name] = decodeURIComponent(version);
  }
  return { root, versions };
}
