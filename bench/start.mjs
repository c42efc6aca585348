import { runProgram } from '../scripts/run-program.mjs';
import { setupOrExit } from '../scripts/setup.mjs';

// What is measured is dist/, so it must be made from the sources that are here.
setupOrExit('demo');
await runProgram(['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)]);
