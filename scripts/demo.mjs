import { runProgram } from './run-program.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit('demo');
// Builds the guest and probes the accelerators, so that the run itself only measures.
const ready = await runProgram(['dist/cli/main.js', 'doctor']);
if (ready) {
  await runProgram([
    'dist/cli/main.js',
    'run',
    'scenarios/quickstart.yaml',
    ...process.argv.slice(2),
  ]);
}
