import { readFileSync } from 'node:fs';
import { root } from './root.mjs';
import { SetupError } from './setup-error.mjs';

/** @throws {SetupError} if this Node is older than what package.json asks for */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const problem = nodeProblem(engines.node, process.versions.node);
  if (problem) throw new SetupError(problem);
}

/**
 * @param {string} range `>=MAJOR.MINOR`
 * @param {string} running `MAJOR.MINOR.PATCH`
 * @returns {string | undefined} what is wrong, in one sentence
 */
export function nodeProblem(range, running) {
  const needed = range.replace('>=', '');
  const [major = 0, minor = 0] = running.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined;
  return `virtgauge needs Node ${needed} or newer, this is Node ${running}. https://nodejs.org/en/download has newer ones.`;
}
