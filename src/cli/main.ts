import { Command } from 'commander';
import { ownVersion } from '../harness/results/own-version.ts';
import { endWhenOutputIsClosed } from './closed-output.ts';
import { explain } from './explain.ts';

/** Every command; a new one is a file and a line here. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  doctor: async () => (await import('./doctor.ts')).addDoctor,
  plan: async () => (await import('./plan.ts')).addPlan,
  run: async () => (await import('./run.ts')).addRun,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
  resume: async () => (await import('./resume.ts')).addResume,
  report: async () => (await import('./report.ts')).addReport,
  claims: async () => (await import('./claims.ts')).addClaims,
  gate: async () => (await import('./gate/index.ts')).addGate,
  compare: async () => (await import('./compare.ts')).addCompare,
  bundle: async () => (await import('./bundle.ts')).addBundle,
  import: async () => (await import('./import.ts')).addImport,
  capacity: async () => (await import('./capacity/index.ts')).addCapacity,
  calibrate: async () => (await import('./calibrate/index.ts')).addCalibrate,
  p2v: async () => (await import('./p2v/index.ts')).addP2v,
  lab: async () => (await import('./lab.ts')).addLab,
  cluster: async () => (await import('./cluster/index.ts')).addCluster,
  clean: async () => (await import('./clean.ts')).addClean,
  schema: async () => (await import('./schema.ts')).addSchema,
};

const program = new Command('virtgauge')
  .description('Measures what server virtualization costs, and says how sure it is.')
  .version(ownVersion(), '-V, --version')
  .showHelpAfterError('(virtgauge --help shows what there is)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes: 0 good; 1 wrong usage or cannot start; 2 some trials failed;
3 regression or refuted claim; 4 inconclusive; 130 interrupted.
A trial that did not converge is a result, not a failure.
First steps: virtgauge doctor, then virtgauge run scenarios/quickstart.yaml`,
  );

endWhenOutputIsClosed();

// Loading takes longer than most commands do: only the one that is asked for, all of them for help.
const [asked = ''] = process.argv.slice(2);
const wanted = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);
for (const name of wanted) (await commands[name]?.())?.(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}
