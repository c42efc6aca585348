import { Command } from 'commander';
import { ownVersion } from '../harness/results/own-version.ts';
import { endWhenOutputIsClosed } from './closed-output.ts';
import { commands } from './commands.ts';
import { explain } from './explain.ts';

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

// All is done: what still holds the process (guests that were kept, a storage without an answer) is not
// waited for. Does not hold it by itself.
setTimeout(() => process.exit(), 3000).unref();
