import { Command, CommanderError } from 'commander';
import { UserError } from '../base/errors.ts';
import { ownVersion } from '../harness/results/own-version.ts';
import { exitCodes } from './exit-codes.ts';
import { addClean } from './clean.ts';
import { addDoctor } from './doctor.ts';
import { addPlan } from './plan.ts';
import { addReport } from './report.ts';
import { addResume } from './resume.ts';
import { addRun } from './run.ts';
import { addSchema } from './schema.ts';

const program = new Command('virtgauge')
  .description('Measures what server virtualization costs, and says how sure it is.')
  .version(ownVersion(), '-V, --version')
  .showHelpAfterError('(virtgauge --help shows what there is)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes: 0 good; 1 wrong usage or cannot start; 2 some trials failed; 130 interrupted.
First steps: virtgauge doctor, then virtgauge run scenarios/quickstart.yaml`,
  );

for (const add of [addDoctor, addPlan, addRun, addResume, addReport, addClean, addSchema]) {
  add(program);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Says on stderr what went wrong; gives the exit code. */
function explain(error: unknown): number {
  // commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof UserError) {
    console.error(error.message);
    return exitCodes.cannotStart;
  }
  console.error(error);
  console.error('This is a fault of virtgauge itself, not of what you asked for.');
  return exitCodes.cannotStart;
}
