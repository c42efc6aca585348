import { pathToFileURL } from 'node:url';
import { setUpBuild } from './setup/build.mjs';
import { setUpDependencies } from './setup/dependencies.mjs';
import { checkNode } from './setup/node-version.mjs';
import { setUpPrograms } from './setup/programs.mjs';
import { purposes } from './setup/needs.mjs';
import { SetupError } from './setup/setup-error.mjs';

/**
 * Makes a clone ready: Node's version, Debian packages, Node dependencies, dist/. What is there
 * already is left alone, so it may run before every command. What an ordinary user cannot mend
 * comes first: no waiting for an error.
 * @param {import('./setup/needs.mjs').Purpose} purpose
 * @throws {SetupError} with what the user can do
 */
export function setup(purpose) {
  checkNode();
  setUpPrograms(purpose);
  setUpDependencies();
  setUpBuild();
}

/**
 * `setup` for the scripts: a SetupError is printed and ends the process with code 1.
 * @param {import('./setup/needs.mjs').Purpose} purpose
 */
export function setupOrExit(purpose) {
  try {
    setup(purpose);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** @param {string[]} args */
function purposeOf(args) {
  if (args.length === 0) return 'demo';
  const purpose = purposes.find((name) => name === args[1]);
  if (args[0] === '--for' && args.length === 2 && purpose) return purpose;
  console.error(`usage: node scripts/setup.mjs [--for ${purposes.join('|')}]`);
  process.exit(1);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  setupOrExit(purposeOf(process.argv.slice(2)));
}
