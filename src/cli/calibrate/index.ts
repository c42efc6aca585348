import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../../base/units.ts';
import { seededRandom } from '../../base/stats/random.ts';
import { calibrationTime } from '../../harness/observe/calibration/calibrate.ts';
import { planPauses } from '../../harness/observe/calibration/plan.ts';
import { summarizeCalibration } from '../../harness/observe/calibration/summary.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { exitCodes } from '../exit-codes.ts';
import { inventoryOf } from '../host-options.ts';
import { untilInterrupted } from '../interruption.ts';
import { wholeNumberTo } from '../whole-number.ts';
import { runCalibration, type CalibrationFound } from './run-calibration.ts';
import { calibrationText } from './text.ts';

interface CalibrateOptions {
  hosts?: string;
  hypervisor: 'qemu' | 'libvirt';
  pauses: number[];
  times: number;
  rate: number;
  seed?: string;
  output?: string;
  json: boolean;
}

const usualPauses = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const count = wholeNumberTo(10_000);
/** Fewer give no interval. */
const fewest = 6;

/** `virtgauge calibrate` */
export function addCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description('send a guest through known pauses: how far is each observer off?')
    .option('--hosts <inventory>', 'file of an inventory, lab, or lab:NAME (default: this machine)')
    .addOption(
      new Option('--hypervisor <name>', 'what runs the guest')
        .choices(['qemu', 'libvirt'])
        .default('qemu'),
    )
    .option('--pauses <lengths>', 'such as 20ms,200ms,2s', lengths, usualPauses)
    .option('--times <n>', 'how often each', count, 3)
    .option('--rate <n>', 'probes of the network a second', count, 1000)
    .option('--seed <text>', 'of the order of pauses; random by default')
    .option('--output <folder>', 'keep there what was recorded')
    .option('--json', 'print it as JSON, with every pause', false)
    .action(async (options: CalibrateOptions) => {
      process.exitCode = await untilInterrupted(
        (signal) => perform(options, signal),
        'everything is torn down',
      );
    });
}

async function perform(options: CalibrateOptions, signal: AbortSignal): Promise<number> {
  const { hosts, hypervisor, pauses, times, rate, json } = options;
  const seed = options.seed ?? randomBytes(2).toString('hex');
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const found = await runCalibration({
    ...{ hypervisor, rate, signal },
    inventory: inventoryOf({ hosts }),
    plan: (kinds) => planPauses(kinds, pauses, times, seededRandom(seed)),
    longest: planPauses(['stop', 'cut'], pauses, times, seededRandom(seed)),
    onStep: (step) => say(`preparing: ${step}`),
    onPlan: (planned) =>
      say(`${planned.length} known pauses, about ${Math.ceil(calibrationTime(planned))} s`),
  });
  if (options.output !== undefined) await keep(options.output, found.raw);
  const observers = summarizeCalibration(found);
  if (json) {
    const { errors, warnings, notCut, environment, on, watchedFrom } = found;
    const { accelerator } = environment;
    const about = { seed, on, watchedFrom, accelerator, notCut, warnings };
    console.log(JSON.stringify({ ...about, observers, errors }, null, 2));
  } else {
    console.log(calibrationText(observers, { ...found, pauses, times }));
  }
  return observers.every(({ n }) => n >= fewest) ? exitCodes.good : exitCodes.inconclusive;
}

async function keep(folder: string, raw: CalibrationFound['raw']): Promise<void> {
  makeFolder(folder);
  for (const { name, content } of raw) await writeFile(join(folder, name), content);
}

function lengths(text: string): number[] {
  const found = text.split(',').map((each) => parseDuration(each) ?? NaN);
  if (found.every((length) => length >= 0.001 && length <= 60)) return found;
  throw new InvalidArgumentError('Expected lengths from 1ms to 60s, such as 20ms,200ms,2s.');
}
