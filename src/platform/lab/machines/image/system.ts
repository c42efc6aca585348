import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import { CommandError, type Shell } from '../../../remote/shell.ts';
import { cached, contentKey } from '../../../guest/image/cache.ts';
import { releaseSources } from './debian.ts';
import { installedPackages } from './installed.ts';
import type { ImageOptions } from './machine-image.ts';

/** What of its packages a machine does not need. */
const excluded = ['doc', 'info', 'lintian', 'locale', 'man', 'zoneinfo/right'];
const removed = ['boot/*.efi', 'etc/ssh/ssh_host_*', 'root/.bashrc', 'usr/lib/udev/hwdb.*'];

/** Installed packages: a tree of files, never to be changed. */
export interface System {
  tree: string;
  /** Package → version, of all that are installed. */
  installed: Record<string, string>;
}

/**
 * Debian with some packages and what these need, installed once per cache; to take newer packages,
 * remove its folder there. Takes about a minute.
 * @throws UserError if that fails
 */
export async function installedSystem(
  shell: Shell,
  cache: string,
  release: string,
  packages: readonly string[],
  { signal, progress }: ImageOptions,
): Promise<System> {
  const key = contentKey(release, ...packages, ...excluded, ...removed);
  const folder = await cached(cache, `machine-system-${key}`, async (partial) => {
    progress?.(`installing Debian ${release} for machines (about a minute, once)`);
    const tree = join(partial, 'tree');
    await install(shell, release, packages, tree, signal);
    const status = await readFile(join(tree, 'var/lib/dpkg/status'), 'utf8');
    const text = JSON.stringify(installedPackages(status), null, 2);
    await writeFile(join(partial, 'installed.json'), text);
    await rm(join(tree, 'dev'), { recursive: true });
  });
  const text = await readFile(join(folder, 'installed.json'), 'utf8');
  return { tree: join(folder, 'tree'), installed: JSON.parse(text) as System['installed'] };
}

async function install(
  shell: Shell,
  release: string,
  packages: readonly string[],
  tree: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await shell.run(
      [
        ...(['mmdebstrap', '--quiet', '--variant=minbase'] as const),
        ...['--mode=root', '--format=directory', `--include=${packages.join(',')}`],
        ...excluded.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
        `--customize-hook=cd "$1" && rm -rf ${removed.join(' ')}`,
        ...[release, tree, ...releaseSources(release, '/etc/apt')],
      ],
      { timeout: 900, ...(signal && { signal }) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      {
        message: `expected mmdebstrap to install Debian ${release} for machines, got: ${error.stderr.trim().split('\n').slice(-3).join('; ') || error.message}`,
        remedy: 'Check that "apt-get update" works as root; in a container, that it may mount.',
      },
      { cause: error },
    );
  }
}
