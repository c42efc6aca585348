import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { UserError } from '../base/errors.ts';
import { type Gate, gateOutcome } from '../harness/analysis/gate/gate.ts';
import { exitCodes } from './exit-codes.ts';

interface GateCommandOptions {
  baseline?: string;
  ab?: string;
  margin: number;
  familyError: number;
  metric?: string[];
  environment: 'block' | 'annotate';
  last: number;
  output?: string;
  json: boolean;
}

/** `virtgauge gate RUN --baseline DIR` */
export function addGate(program: Command): void {
  program
    .command('gate')
    .description('whether a run is worse than earlier ones, beyond the noise between runs')
    .argument('<run...>', 'folder of the run; several runs of one version are taken together')
    .option('--baseline <folder>', 'folder with earlier runs of the same scenario, 5 or more')
    .option(
      '--ab <factor[=before,now]>',
      'instead: two levels of a factor that the run has interleaved',
    )
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
    .action(async (folders: string[], options: GateCommandOptions) => {
      process.exitCode = await perform(folders, options);
    });
}

async function perform(folders: readonly string[], options: GateCommandOptions): Promise<number> {
  const gate = await gateOf(folders, options);
  if (options.output !== undefined) await write(options.output, gate);
  if (options.json) console.log(JSON.stringify({ ...gate, outcome: gateOutcome(gate) }, null, 2));
  else {
    const { gateText } = await import('./gate-text.ts');
    console.log(gateText(gate));
    if (options.output !== undefined)
      console.log(`written  ${relative('', options.output) || '.'}`);
  }
  return exitCodes[gateOutcome(gate)];
}

async function gateOf(folders: readonly string[], options: GateCommandOptions): Promise<Gate> {
  const { baseline, ab, margin, familyError, metric: metrics, environment, last } = options;
  const { readStoredRun } = await import('../harness/analysis/stored/read-stored-run.ts');
  if ((baseline === undefined) === (ab === undefined)) {
    throw new UserError({
      message: 'expected --baseline FOLDER or --ab FACTOR, one of them',
      remedy: '--baseline results compares with earlier runs; --ab with another level in the run.',
    });
  }
  const current = folders.map(readStoredRun);
  const [first, ...others] = current;
  if (ab !== undefined && first !== undefined) {
    if (others.length > 0) {
      throw new UserError({ where: '--ab', message: `expected one run, got ${current.length}` });
    }
    const { levelGate } = await import('../harness/analysis/gate/level-gate.ts');
    return levelGate(first, ab, { margin, familyError, metrics });
  }
  const { readHistory } = await import('../harness/analysis/gate/read-history.ts');
  const { historyGate } = await import('../harness/analysis/gate/history-gate.ts');
  const { confirmCommand } = await import('../harness/report/confirm-command.ts');
  const history = readHistory(baseline ?? '', current, last);
  const gate = historyGate({
    ...{ current, earlier: history.runs, notes: history.notes },
    ...{ margin, familyError, metrics, environment },
  });
  const confirm = first && confirmCommand(first.run, gate);
  return { ...gate, ...(confirm !== undefined && { confirm }) };
}

async function write(output: string, gate: Gate): Promise<void> {
  const { gateExporters } = await import('../harness/report/exporters/gate-list.ts');
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

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Expected a whole number from 1 on.');
}
