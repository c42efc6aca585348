import { existsSync, readFileSync } from 'node:fs';
import { installedAsLocked } from './lockfile.mjs';
import { root } from './root.mjs';
import { step } from './step.mjs';

/** Runs `npm ci` unless node_modules holds just what package-lock.json names. */
export function setUpDependencies() {
  const installed = `${root}node_modules/.package-lock.json`;
  if (
    existsSync(installed) &&
    installedAsLocked(readJson(`${root}package-lock.json`), readJson(installed))
  ) {
    return;
  }
  const npm = process.env.npm_execpath;
  const command = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  // A user's NODE_ENV=production would leave out the compiler.
  step('Node dependencies', [...command, 'ci', '--include=dev', '--no-audit', '--no-fund']);
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
