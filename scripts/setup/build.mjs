import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './root.mjs';
import { step } from './step.mjs';

/** In it stands which sources dist/ was made from. */
export const stamp = `${root}dist/.sources`;

/** Compiles src/ to dist/ unless dist/ was made from just these sources. */
export function setUpBuild() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfSources()) return;
  // In a process of its own: the compiler may have been installed by this one.
  step('Compiling', [process.execPath, 'scripts/setup/compile.mjs']);
}

// By this name vitest calls it before tests, which start the command from dist/.
export { setUpBuild as setup };

/** Contents, not times: a checkout of an older version is newer by its times. */
export function hashOfSources() {
  const hash = createHash('sha256');
  const files = ['tsconfig.json', 'package.json', 'package-lock.json', ...sourceFiles()];
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** What dist/ is made of, from the clone's folder on. */
export function sourceFiles() {
  return readdirSync(`${root}src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.(test|example|d))\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
