import { runProgram } from './run-program.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit('demo');
runProgram(['dist/cli/main.js', 'run', 'scenarios/quickstart.yaml', ...process.argv.slice(2)]);
