import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { missingNeeds } from './needs.mjs';
import { remedyFor } from './remedy.mjs';
import { SetupError } from './setup-error.mjs';
import { step } from './step.mjs';

/**
 * Sees to it that the programs for the purpose are there; as root on Debian or Ubuntu it installs
 * what is missing.
 * @param {import('./needs.mjs').Purpose} purpose
 * @throws {SetupError}
 */
export function setUpPrograms(purpose) {
  const missing = missingNeeds(purpose, isThere);
  if (missing.length === 0) return;
  const remedy = remedyFor(missing, { osRelease: osRelease(), root: process.getuid?.() === 0 });
  if ('tell' in remedy) throw new SetupError(remedy.tell);
  install(remedy.install);
  const still = missingNeeds(purpose, isThere).map((need) => need.name);
  if (still.length > 0) {
    throw new SetupError(`expected after the installation, but still missing: ${still.join(', ')}`);
  }
}

/** An ordinary user's PATH on Debian lacks the sbin folders, where mke2fs lives. */
const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** @param {string} name */
function isThere(name) {
  if (isAbsolute(name)) return existsSync(name);
  const folders = [...(process.env.PATH ?? '').split(':'), ...sbin];
  return folders.some((folder) => isProgram(join(folder === '' ? '.' : folder, name)));
}

/**
 * A folder of PATH that we may not look into holds nothing for us.
 * @param {string} path
 */
function isProgram(path) {
  try {
    const found = statSync(path);
    return found.isFile() && (found.mode & 0o111) !== 0;
  } catch {
    return false;
  }
}

function osRelease() {
  const path = ['/etc/os-release', '/usr/lib/os-release'].find((file) => existsSync(file));
  return path === undefined ? '' : readFileSync(path, 'utf8');
}

/** @param {string[]} packages */
function install(packages) {
  const title = `Debian packages: ${packages.join(' ')}`;
  const argv = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = () => step('Debian package lists', ['apt-get', 'update', '-q'], env);
  if (!hasPackageLists()) {
    update();
    step(title, argv, env);
    return;
  }
  try {
    step(title, argv, env);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // Lists that are too old name files that are gone.
    update();
    step(title, argv, env);
  }
}

function hasPackageLists() {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes('_Packages'));
}
