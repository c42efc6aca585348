import { runProgram } from './run-program.mjs';
import { setupOrExit } from './setup.mjs';

const args = process.argv.slice(2);
const chosen = args.some((arg) => arg === '--project' || arg.startsWith('--project='));

setupOrExit('test');
await runProgram([
  'node_modules/vitest/vitest.mjs',
  'run',
  ...(chosen ? [] : ['--project', 'unit', '--project', 'lab']),
  ...args,
]);
