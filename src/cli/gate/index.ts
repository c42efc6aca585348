import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import { type Gate, gateOutcome } from '../../harness/analysis/gate/gate.ts';
import type { StoredRun } from '../../harness/analysis/stored/read-stored-run.ts';
import { exitCodes } from '../exit-codes.ts';
import { seed } from '../run.ts';
import { withBudget } from '../running-options.ts';
import { sayWarnings } from '../say-warnings.ts';
import { withScenarioOptions } from '../scenario-options.ts';
import { wholeNumber } from '../whole-number.ts';
import type { MeasureOptions } from './measure.ts';

interface GateCommandOptions extends MeasureOptions {
  baseline?: string;
  margin: number;
  familyError: number;
  metric?: string[];
  environment: 'block' | 'annotate';
  confirm: boolean;
  last: number;
  output?: string;
}

/** `virtgauge gate RUN --baseline DIR`, `virtgauge gate SCENARIO --ab A B` */
export function addGate(program: Command): void {
  const command = program
    .command('gate')
    .description(
      'whether a run is worse than earlier ones, or one version than another, beyond the noise',
    )
    .argument(
      '<run...>',
      'folder of the run, several of one version taken together; or a scenario, which is run first',
    )
    .option('--baseline <folder>', 'folder with earlier runs of the same scenario, 5 or more')
    .option(
      '--ab <version...>',
      'instead: two versions interleaved in one run: cpu=qemu64,max; or emulator=/a/qemu emulator=/b/qemu',
    )
    .option('--no-confirm', 'tell suspected regressions without measuring their arms again')
    .option('--margin <share>', 'difference that does not matter, such as 5%', share, 0.05)
    .option(
      '--family-error <share>',
      'chance of any false alarm among all figures, such as 1%',
      share,
      0.01,
    )
    .option('--metric <name...>', 'figures to look at (default: those of the summary)')
    .addOption(
      new Option('--environment <rule>', 'where the environments differ: no verdict, or say so')
        .choices(['block', 'annotate'])
        .default('block'),
    )
    .option('--last <n>', 'newest earlier runs to take', wholeNumber, 50)
    .option('--output <folder>', 'write Markdown, JUnit, github-action-benchmark and OpenMetrics')
    .option('--json', 'print it as JSON', false)
    .option('--run <folder>', 'of a scenario: folder for the results (default: results/<run id>)')
    .option('--seed <hex>', 'of a scenario: seed of the order of trials', seed);
  withBudget(withScenarioOptions(command)).action(
    async (runs: string[], options: GateCommandOptions) => {
      process.exitCode = await perform(runs, options);
    },
  );
}

async function perform(runs: readonly string[], options: GateCommandOptions): Promise<number> {
  if ((options.baseline === undefined) === (options.ab === undefined)) {
    throw new UserError({
      message: 'expected --baseline FOLDER or --ab VERSIONS, one of them',
      remedy: '--baseline results compares with earlier runs; --ab two versions inside one run.',
    });
  }
  await requireReadable(runs, options);
  const measured = await measuredFirst(runs, options);
  const gate = measured === 'interrupted' ? measured : await gateOf(measured, options);
  if (gate === 'interrupted') return exitCodes.interrupted;
  if (options.output !== undefined) await write(options.output, gate);
  if (options.json) console.log(JSON.stringify({ ...gate, outcome: gateOutcome(gate) }, null, 2));
  else {
    const { gateText } = await import('./text.ts');
    console.log(gateText(gate));
    if (options.output !== undefined)
      console.log(`written  ${relative('', options.output) || '.'}`);
  }
  return exitCodes[gateOutcome(gate)];
}

/** What cannot be judged afterwards is not measured first. */
async function requireReadable(
  runs: readonly string[],
  { baseline }: GateCommandOptions,
): Promise<void> {
  if (!runs.some(isScenario)) return;
  const { readRun } = await import('../../harness/results/run-file.ts');
  const { foldersIn } = await import('../../harness/analysis/gate/read-history.ts');
  for (const run of runs) if (!isScenario(run)) readRun(run);
  if (baseline !== undefined) foldersIn(baseline);
}

/** The folders of the runs in question: what is a scenario is run. */
async function measuredFirst(
  runs: readonly string[],
  options: GateCommandOptions,
): Promise<string[] | 'interrupted'> {
  const folders: string[] = [];
  for (const run of runs) {
    if (!isScenario(run)) {
      folders.push(run);
      continue;
    }
    const { measureScenario } = await import('./measure.ts');
    const made = await measureScenario(run, options);
    if (made === 'interrupted') return made;
    folders.push(made.folder);
  }
  return folders;
}

function isScenario(path: string): boolean {
  return /\.ya?ml$/.test(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

async function gateOf(
  folders: readonly string[],
  options: GateCommandOptions,
): Promise<Gate | 'interrupted'> {
  const { ab } = options;
  const { readStoredRun } = await import('../../harness/analysis/stored/read-stored-run.ts');
  const { armsToConfirm, confidenceAlone, confirmedGate } =
    await import('../../harness/analysis/gate/confirmed.ts');
  const { confirmCommand } = await import('../../harness/report/confirm-command.ts');
  const [first, ...others] = folders.map(readStoredRun);
  sayWarnings([first, ...others].filter((one) => one !== undefined));
  if (first === undefined) throw new Error('expected a run at least');
  if (ab !== undefined && others.length > 0) {
    throw new UserError({ where: '--ab', message: `expected one run, got ${folders.length}` });
  }
  const judge = await judgeBy([first, ...others], options);
  const gate = judge([first, ...others]);
  const arms = armsToConfirm(first.run, gate, ab);
  if (arms.length === 0) return gate;
  const unconfirmed = (why: string): Gate => {
    const command = ab === undefined ? confirmCommand(first.run, gate) : undefined;
    const note = `Suspected only: ${why}`;
    return { ...gate, notes: [...gate.notes, note], ...(command && { confirm: command }) };
  };
  if (!options.confirm || first.run.imported !== undefined) {
    return unconfirmed('no arm was measured again.');
  }
  const { elsewhere, measureAgain } = await import('./measure.ts');
  const other = elsewhere(first.run);
  if (other.length > 0) {
    return unconfirmed(
      `the run was not made here, so no arm was measured again: ${other.join('; ')}.`,
    );
  }
  if (!options.json) console.log(suspicionText(gate, arms.length));
  try {
    const made = await measureAgain(first, arms, options);
    if (made === 'interrupted') return made;
    const again = readStoredRun(made.folder);
    sayWarnings([again]);
    return confirmedGate(gate, first.run, {
      together: judge([first, ...others, again]),
      alone: judge([again], confidenceAlone),
      run: again.run,
    });
  } catch (error) {
    // What was seen before stands, and is written.
    if (!(error instanceof UserError)) throw error;
    const why = error.problems.map(({ message }) => message).join('; ');
    return unconfirmed(`measuring again came to nothing: ${why}.`);
  }
}

function suspicionText({ rows }: Gate, arms: number): string {
  const count = rows.filter(({ verdict }) => verdict === 'regression').length;
  const figures = `${count} ${count === 1 ? 'figure is' : 'figures are'}`;
  return `${figures} suspected; ${arms === 1 ? 'the arm is' : `${arms} arms are`} measured again (--no-confirm forbids it)`;
}

type Runs = readonly [StoredRun, ...StoredRun[]];

/** What judges the runs in question, with the history read once. */
async function judgeBy(
  current: Runs,
  { baseline, ab, margin, familyError, metric: metrics, environment, last }: GateCommandOptions,
): Promise<(runs: Runs, confidence?: number) => Gate> {
  if (ab !== undefined) {
    const { levelGate } = await import('../../harness/analysis/gate/level-gate.ts');
    return (runs, confidence) => levelGate(runs, ab, { margin, familyError, metrics, confidence });
  }
  const { readHistory } = await import('../../harness/analysis/gate/read-history.ts');
  const { historyGate } = await import('../../harness/analysis/gate/history-gate.ts');
  const { runs: earlier, notes } = readHistory(baseline ?? '', current, last);
  sayWarnings(earlier);
  return (runs, confidence) =>
    historyGate({
      ...{ current: runs, earlier, notes, margin, familyError, metrics, environment, confidence },
    });
}

async function write(output: string, gate: Gate): Promise<void> {
  const { gateExporters } = await import('../../harness/report/exporters/gate-list.ts');
  try {
    mkdirSync(output, { recursive: true });
    for (const { path, content } of gateExporters.flatMap((exporter) => exporter(gate))) {
      writeFileSync(join(output, path), [...content].join(''));
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    const message = `cannot be written (${(cause as Error).message})`;
    throw new UserError({ where: output, message }, { cause });
  }
}

function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new InvalidArgumentError('Expected a share above 0 and below 1 such as 5% or 0.05.');
}
