import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './setup/root.mjs';

/**
 * Runs a program of Node in the clone's folder, on our terminal, and ends with its exit code.
 * @param {string[]} args
 */
export function runProgram(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // A terminal sends SIGINT to the child as well; it tears down, and we wait for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}
