import { spawnSync } from 'node:child_process';
import { root } from './root.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * Runs one long step with one line of progress; what it prints shows only if it fails.
 * @param {string} title
 * @param {string[]} argv
 * @param {Record<string, string>} [env] added to the environment
 * @throws {SetupError}
 */
export function step(title, [file = '', ...args], env = {}) {
  const begin = Date.now();
  process.stderr.write(`${title} … `);
  const { status, signal, error, stdout, stderr } = spawnSync(file, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status === 0) {
    process.stderr.write(`${((Date.now() - begin) / 1000).toFixed(1)} s\n`);
    return;
  }
  process.stderr.write('failed\n');
  const how = error ? error.message : signal ? `ended by ${signal}` : `ended with code ${status}`;
  const last = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-20);
  throw new SetupError([...last, `${[file, ...args].join(' ')}: ${how}`].join('\n'));
}
