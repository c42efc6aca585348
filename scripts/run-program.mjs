import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './setup/root.mjs';

/**
 * Runs a program of Node in the clone's folder, on our terminal; its exit code becomes ours.
 * @param {string[]} args
 * @returns {Promise<boolean>} whether it ended well
 */
export function runProgram(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // A terminal sends SIGINT to the child as well; it tears down, and we wait for it.
  const wait = () => undefined;
  const pass = () => child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', pass);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', pass);
      process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
      resolve(process.exitCode === 0);
    });
  });
}
