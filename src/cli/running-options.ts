import { InvalidArgumentError, type Command } from 'commander';
import { parseBytes, parseDuration } from '../base/units.ts';

export interface RunningOptions {
  budget?: number;
  writeBudget?: number;
  keep: boolean;
  report: boolean;
  json: boolean;
}

/** What may be said of trials that are done and of what comes out, the same for a run and for going on with it. */
export function withRunningOptions(command: Command): Command {
  return withBudget(command)
    .option(
      '--write-budget <bytes>',
      'begin no trial by which the whole run would write more to storages, such as 50GiB',
      byteCount,
    )
    .option('--keep', 'leave guests and disks when trials fail; remove them with clean', false)
    .option('--no-report', 'only measure; make the report later with: virtgauge report')
    .option('--json', 'print the outcome as JSON', false);
}

/** `--budget`, the same wherever trials are done. */
export function withBudget(command: Command): Command {
  return command.option(
    '--budget <time>',
    'begin no block that would end later, such as 2h; what is left goes to open claims',
    duration,
  );
}

function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new InvalidArgumentError('Expected a duration such as 90s, 45m or 2h.');
}

function byteCount(text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidArgumentError('Expected a number of bytes such as 500MiB or 50GiB.');
}
