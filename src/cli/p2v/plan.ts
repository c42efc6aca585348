import { InvalidArgumentError, type Command } from 'commander';
import { parseRate } from '../../base/bit-rate.ts';
import { UserError } from '../../base/errors.ts';
import { parseDuration } from '../../base/units.ts';
import type { Host } from '../../platform/remote/host.ts';
import { CommandError } from '../../platform/remote/shell.ts';
import type { HostEntry } from '../../platform/remote/inventory/schema.ts';
import { exitCodes } from '../exit-codes.ts';
import { untilInterrupted } from '../interruption.ts';
import { withLedger } from '../with-ledger.ts';
import { endsOf } from './hosts.ts';
import { requireRoot } from './require-root.ts';

interface PlanOptions {
  target?: string;
  hosts?: string;
  storage?: string;
  watch: number;
  linkRate?: number;
  dirtyRate?: number;
  budget?: number;
  json: boolean;
}

/** `virtgauge p2v plan SOURCE` */
export function addPlan(p2v: Command): void {
  p2v
    .command('plan')
    .description(
      'look at a running machine (root, over ssh) and foretell what its conversion takes, method by method; changes nothing on it',
    )
    .argument('<source>', 'host of the inventory; without one [user@]address[:port]')
    .option('--target <host>', 'where it is to go: the link and the storage are measured')
    .option('--hosts <inventory>', 'file of an inventory of hosts, lab, or lab:NAME')
    .option('--storage <name>', 'storage of the target for the disk (default: its first)')
    .option('--watch <time>', 'for how long its writes are counted', time, 5)
    .option('--link-rate <rate>', 'instead of what is measured: 1Gbit, 12MB/s', rate)
    .option('--dirty-rate <rate>', 'memory that is changed a second: 20MB/s', rate)
    .option(
      '--budget <time>',
      'that the last copy of a warm conversion may take (default: 1s)',
      time,
    )
    .option('--json', 'print it as JSON', false)
    .action(async (source: string, options: PlanOptions) => {
      process.exitCode = await untilInterrupted(
        (signal) => perform(source, options, signal),
        'nothing of it is left on the machines',
      );
    });
}

async function perform(
  source: string,
  { target, hosts, storage, watch, linkRate, dirtyRate, budget, json }: PlanOptions,
  signal: AbortSignal,
): Promise<number> {
  const ends = endsOf({ source, target, hosts });
  if (storage !== undefined) requireStorage(ends.target, storage);
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const connected: Host[] = [];
  const connect = async (entry: HostEntry) => {
    const host = await connectHost(entry, signal);
    connected.push(host);
    return host;
  };
  try {
    const machine = await connect(ends.source);
    const other = ends.target && (await connect(ends.target));
    const { inspectSource, inspectTarget } =
      await import('../../platform/operations/convert/inspect/index.ts');
    const { planConversion } = await import('../../platform/operations/convert/plan.ts');
    await requireRoot(machine);
    const seen = await inspectSource(machine.shell, { watch, signal }).catch((error: unknown) => {
      throw error instanceof CommandError ? notSeen(machine.name, error) : error;
    });
    const seenTarget =
      other &&
      (await withLedger('p2v-plan', (ledger) =>
        inspectTarget(machine.shell, other, { ledger, storage }),
      ));
    const plan = planConversion(seen, seenTarget, { linkRate, dirtyRate, budget });
    const { standIn } = ends;
    if (json) {
      console.log(JSON.stringify({ ...plan, ...(standIn !== undefined && { standIn }) }, null, 2));
    } else {
      const { planText } = await import('./plan-text.ts');
      console.log(planText(plan, standIn));
    }
    const usable = plan.predictions.some(({ refused }) => refused.length === 0);
    return usable ? exitCodes.good : exitCodes.cannotStart;
  } finally {
    await Promise.all(connected.map(({ shell }) => shell.close()));
  }
}

/** A machine that lacks a program, or does not let it look. */
function notSeen(where: string, cause: CommandError): UserError {
  const message = `it cannot be looked at: ${cause.stderr.trim().split('\n').at(-1) || cause.message}`;
  const remedy = 'lsblk (util-linux) and ip (iproute2, 4.14 or newer) have to be there.';
  return new UserError({ where, message, remedy }, { cause });
}

function requireStorage(target: HostEntry | undefined, storage: string): void {
  const names = Object.keys(target?.storages ?? {});
  if (names.includes(storage)) return;
  throw new UserError({
    message:
      target === undefined
        ? '--storage: expected --target beside it'
        : `--storage: expected a storage of ${target.name} (${names.join(', ') || 'it has none'}), got ${storage}`,
  });
}

function rate(text: string): number {
  const bytes = parseRate(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidArgumentError('Expected a rate such as 1Gbit or 12MB/s.');
}

function time(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('Expected a time of at most 1h such as 5s.');
}
