import { relative } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Capacity } from '../../harness/analysis/capacity/capacity.ts';
import { exitCodes } from '../exit-codes.ts';
import { wholeNumberTo } from '../whole-number.ts';

const count = wholeNumberTo(1_000_000);

interface CapacityOptions {
  limit: string[];
  job?: string;
  latencyPercentile?: number;
  guests?: number[];
  hosts?: number;
  beyond: boolean;
  json: boolean;
}

/** `virtgauge capacity RUN` */
export function addCapacity(program: Command): void {
  program
    .command('capacity')
    .description('how many guests a storage carries within limits, from a run over their number')
    .argument('<run>', 'folder of the run')
    .option(
      '--limit <limit>',
      'p99=20ms (any percentile of latency), aggregate=95% (of the rate asked) or guest=2MB/s; several times; instead of those of the scenario',
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .option('--job <name>', 'job of guest-io (default: the first)')
    .option('--latency-percentile <p>', 'percentile of latency to show, such as 99', percentile)
    .option('--guests <n,…>', 'what if there were so many guests', guestNumbers)
    .option('--hosts <n>', 'what if they were spread over so many hosts', count)
    .option('--beyond', 'also beyond twice the measured range', false)
    .option('--json', 'print it as JSON', false)
    .action(async (path: string, options: CapacityOptions) => {
      process.exitCode = await perform(path, options);
    });
}

async function perform(path: string, options: CapacityOptions): Promise<number> {
  const { job, latencyPercentile, guests, hosts, beyond, json } = options;
  const { analyseRun, writeCapacityPicture } = await import('../../harness/report/index.ts');
  const { capacityOf } = await import('../../harness/analysis/capacity/capacity.ts');
  const { jobsOf } = await import('../../harness/analysis/capacity/figures.ts');
  const { parseLimits } = await import('../../harness/analysis/capacity/limit.ts');
  const { requestOf } = await import('../../harness/analysis/capacity/request.ts');
  const limits = options.limit.length === 0 ? undefined : parseLimits(options.limit);
  const analysis = analyseRun(path);
  const request = requestOf(analysis, { job, limits, percentile: latencyPercentile });
  const capacity = capacityOf(analysis, request);
  const { whatIfTables } = await import('./what-if-table.ts');
  const tables = whatIfTables(capacity, { guests, hosts, beyond });
  const picture = relative('', await writeCapacityPicture(path, analysis, capacity));
  if (json) {
    const { capacityJson } = await import('./json.ts');
    console.log(capacityJson(analysis, capacity, { tables, picture }));
  } else {
    const { capacityText } = await import('./text.ts');
    console.log(capacityText(analysis, capacity, { tables, jobs: jobsOf(analysis) }));
    console.log(`\npicture  ${picture}`);
  }
  return isConclusive(capacity) ? exitCodes.good : exitCodes.inconclusive;
}

/** Where limits are stated, each line says how many guests keep them. */
function isConclusive({ limits, lines }: Capacity): boolean {
  return limits.length === 0 || lines.every(({ all }) => (all?.guests ?? Infinity) < Infinity);
}

function percentile(text: string): number {
  const number = Number(text.replace(/^p/, ''));
  if (number > 0 && number < 100) return number;
  throw new InvalidArgumentError('Expected a percentile such as 99 or 99.9.');
}

function guestNumbers(text: string): number[] {
  return text.split(',').map(count);
}
