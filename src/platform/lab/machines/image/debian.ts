import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../../base/errors.ts';

/**
 * Name of this machine's Debian release, such as `bookworm`: machines get the same one.
 * @param osRelease text of `/etc/os-release`
 * @throws UserError on another distribution
 */
export function debianRelease(osRelease: string): string {
  const field = (name: string) =>
    new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  const release = field('VERSION_CODENAME');
  if (field('ID') === 'debian' && release !== '') return release;
  throw new UserError({
    message: `machines are made from this machine's packages: expected Debian, got ${field('PRETTY_NAME') || 'a system without a name'}`,
  });
}

/**
 * The files of apt's sources that have packages of a release: those of other programs' makers
 * would be asked too, and may not answer. Empty: all that apt knows.
 * @param folder `/etc/apt`
 */
export function releaseSources(release: string, folder: string): string[] {
  const parts = join(folder, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [
    join(folder, 'sources.list'),
    ...names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(parts, name)),
  ];
  const named = new RegExp(`^[^#]*\\s${release}(\\s|$)`, 'm');
  return files.filter((file) => existsSync(file) && named.test(readFileSync(file, 'utf8')));
}
