import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Shell } from '../../remote/shell.ts';

/**
 * The shared libraries that the given programs need, directly or through others: name that the
 * loader asks for → file under `root`.
 * @param unused libraries that are left out
 * @throws Error if another one is not under `root`
 */
export async function neededLibraries(
  shell: Shell,
  root: string,
  programs: readonly string[],
  unused: RegExp,
): Promise<Map<string, string>> {
  const available = await filesByName(root);
  const found = new Map<string, string>();
  let files = [...programs];
  while (files.length > 0) {
    const { stdout } = await shell.run(['readelf', '-d', ...files]);
    const names = [...stdout.matchAll(/\(NEEDED\).*\[([^\]]+)\]/g)].map((match) => match[1] ?? '');
    files = [];
    for (const name of names) {
      if (found.has(name) || unused.test(name)) continue;
      const file = available.get(name);
      if (file === undefined) throw new Error(`${name} is in none of the unpacked packages`);
      found.set(name, await realpath(file));
      files.push(file);
    }
  }
  return found;
}

async function filesByName(root: string): Promise<Map<string, string>> {
  const entries = await readdir(root, { recursive: true });
  return new Map(entries.map((entry) => [basename(entry), join(root, entry)]));
}
