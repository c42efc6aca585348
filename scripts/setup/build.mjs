import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './root.mjs';
import { step } from './step.mjs';

const stamp = `${root}dist/.sources`;

/** Compiles src/ to dist/ unless dist/ was made from just these sources. */
export function setUpBuild() {
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  // A compilation that fails has changed dist/ already.
  rmSync(stamp, { force: true });
  // Types are checked by `npm run types`; without that the same files come in a third of the time.
  step('Compiling', [process.execPath, 'node_modules/typescript/bin/tsc', '--noCheck']);
  writeFileSync(stamp, sources);
}

/** Contents, not times: a checkout of an older version is newer by its times. */
function hashOfSources() {
  const hash = createHash('sha256');
  const files = ['tsconfig.json', 'package.json', 'package-lock.json', ...sourceFiles()];
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function sourceFiles() {
  return readdirSync(`${root}src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
