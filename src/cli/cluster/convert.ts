import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import { formatBytes, parseDuration } from '../../base/units.ts';
import type { Operator } from '../../manager/member/operator.ts';
import {
  runnableMethods,
  type RunnableMethod,
} from '../../platform/operations/convert/convert-machine.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { Inventory } from '../../platform/remote/inventory/load.ts';
import { exitCodes } from '../exit-codes.ts';
import { readInventory } from '../host-options.ts';
import { untilInterrupted } from '../interruption.ts';
import { Busy } from '../p2v/alone.ts';
import { otherMachine } from '../p2v/begun-before.ts';
import { standingHere } from '../p2v/standing-here.ts';
import { performConversion } from '../p2v/convert.ts';
import { endsOf } from '../p2v/hosts.ts';
import type { Say } from '../p2v/tell.ts';
import { withLedger } from '../with-ledger.ts';
import { lookAtMachines, type Machine } from './look-at-machines.ts';
import { sentence, type Operation } from './operate.ts';
import { asking, bodyJson, withOperator, type OperatorOptions } from './with-operator.ts';

/** Seconds for one machine: more than large disks take. */
const longest = 86_400;

interface ConvertOptions extends OperatorOptions {
  hosts: string;
  method: RunnableMethod;
  watch: number;
  id?: string;
  dryRun: boolean;
}

interface Answer {
  operations: Operation[];
  left: readonly { guest: string; why: string }[];
}
/** Asks the master for room for machines, or only where there would be some. */
type Ask = (machines: readonly Machine['needs'][], only: boolean) => Promise<Answer>;

/** `virtgauge cluster convert` */
export function addConvert(cluster: Command): void {
  withOperator(cluster.command('convert').argument('<source...>', 'machines of the inventory'))
    .description('convert running machines into guests of the hosts that suit their measured use')
    .requiredOption('--hosts <inventory>', 'with the machines and the hosts, by their names')
    .addOption(
      new Option('--method <method>', 'how').choices(runnableMethods).default('native-switch'),
    )
    .option('--watch <time>', 'for how long their use is measured', time, 10)
    .option(
      '--id <id>',
      'of the request: asked again with the same it goes on (default: a new one)',
    )
    .option('--dry-run', 'only say which would go where, and how long it would take', false)
    .action(async (sources: string[], options: ConvertOptions) => {
      process.exitCode = await untilInterrupted(async (signal) => {
        let code: number = exitCodes.good;
        await asking(options, async (master) => {
          code = await convertAll(master, sources, options, signal);
        });
        return code;
      }, 'what is not converted yet keeps its room until the same --id is asked again');
    });
}

async function convertAll(
  master: Operator,
  sources: readonly string[],
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<number> {
  const { dryRun, json, id = randomUUID() } = options;
  if (new Set(sources).size < sources.length) {
    throw new UserError({ message: `expected each machine once, got ${sources.join(' ')}` });
  }
  // Standard output is for the JSON alone.
  const say = json ? console.error : console.log;
  const ask: Ask = async (machines, only) => {
    const asked = { kind: 'adopt', id, dryRun: only, machines } as const;
    const { operations, left } = await master.ask(asked, 'operations');
    return { operations: operations.map((each) => ({ kind: 'operation', ...each })), left };
  };
  const before = options.id === undefined ? undefined : await decidedBefore(ask, sources);
  const { operations, left } = before ?? (await decide(ask, sources, { ...options, say }, signal));
  if (dryRun) {
    say('nothing was done');
  } else {
    if (operations.some(isOpen)) say(`request ${id}: asked again with --id ${id}, it goes on`);
    for (const [index, operation] of operations.entries()) {
      const ended = isOpen(operation)
        ? await convertOne(master, operation, { ...options, say }, signal)
        : operation;
      operations[index] = ended;
      say(sentence(ended));
    }
  }
  if (json) {
    const bare = operations.map((each) => JSON.parse(bodyJson(each)) as object);
    console.log(JSON.stringify({ id, operations: bare, left, dryRun }));
  }
  const all = operations.every(({ state }) => dryRun || state === 'done');
  return all && left.length === 0 ? exitCodes.good : exitCodes.someFailed;
}

function isOpen({ state }: Operation): boolean {
  return state === 'accepted';
}

/** What was decided under this id before stands: its machines may be gone as such by now. */
async function decidedBefore(ask: Ask, sources: readonly string[]): Promise<Answer | undefined> {
  const unseen = sources.map((name) => ({ name, vcpus: 0, memory: 0, disk: 0 }));
  const answer = await ask(unseen, true);
  return answer.operations.some(({ since }) => since !== undefined) ? answer : undefined;
}

/** Looks at the machines, has the master choose their hosts, and tells where and why. */
async function decide(
  ask: Ask,
  sources: readonly string[],
  { hosts, method, watch, dryRun, say }: ConvertOptions & { say: Say },
  signal: AbortSignal,
): Promise<Answer> {
  const inventory = readInventory(hosts);
  const entries = sources.map((source) => endsOf({ source, hosts }).source);
  const open: Host[] = [];
  try {
    say(`looking at ${sources.join(', ')} for ${watch} s`);
    const machines = await lookAtMachines(entries, { method, watch, signal }, open);
    const answer = await ask(
      machines.map(({ needs }) => needs),
      dryRun,
    );
    for (const { guest, why } of answer.left) say(`${guest} stays: ${why}`);
    for (const operation of answer.operations) {
      const machine = machines.find(({ host }) => host.name === operation.guest);
      if (machine === undefined) continue;
      for (const line of lines(operation, machine)) say(line);
      if (!dryRun) continue;
      say(`  ${await foretold(machine, operation, { inventory, method, signal }, open)}`);
    }
    return answer;
  } finally {
    await Promise.all(open.map(({ shell }) => shell.close()));
  }
}

/** Converts one, unless that has been done, and tells the master what became of it. */
async function convertOne(
  master: Operator,
  operation: Operation,
  { hosts, method, say }: ConvertOptions & { say: Say },
  signal: AbortSignal,
): Promise<Operation> {
  const { id, guest, host: target = '' } = operation;
  const settle = (outcome: 'done' | 'failed', reason?: string) =>
    master.ask({ kind: 'settle', id, outcome, reason }, 'operation');
  const before = await standingHere(guest);
  const now = before && sourceNamed(guest, hosts);
  const other = now && otherMachine(before.record.source, now);
  if (other !== undefined) return await settle('failed', other.message);
  if (before?.standing.runs === 'target') {
    const { name } = before.record.target.host;
    if (name === target) return await settle('done');
    return await settle('failed', `it was converted before, and runs on ${name}`);
  }
  let why = `see: virtgauge p2v status ${guest}`;
  try {
    const usual = {
      timeout: longest,
      cpu: 'max',
      budget: 1,
      verify: false,
      standby: false,
      accept: [],
      print: say,
    };
    const code = await performConversion(guest, { target, hosts, method, ...usual }, signal);
    if (code === 0) return await settle('done');
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof Busy) throw error;
    why = error.message;
    console.error(`${guest}: ${why}`);
  }
  signal.throwIfAborted();
  const standing = (await standingHere(guest))?.standing;
  // Undecided, it may yet run there: its room is kept.
  if (standing !== undefined && standing.runs !== 'source') return operation;
  return await settle('failed', why);
}

/** Undefined where the inventory has none of that name any more. */
function sourceNamed(source: string, hosts: ConvertOptions['hosts']) {
  try {
    return endsOf({ source, hosts }).source;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function lines({ guest, host, decision }: Operation, { seen, cores, needs }: Machine): string[] {
  const { processor, memory, disks } = seen;
  const used = disks.reduce((sum, disk) => sum + disk.used, 0);
  const needed = [
    `${needs.vcpus} vCPU${needs.vcpus === 1 ? '' : 's'} (${cores.toFixed(1)} of ${processor.count} processors at work)`,
    `${formatBytes(needs.memory)} of memory (${formatBytes(memory.used)} in use)`,
    `${formatBytes(needs.disk)} of disk (${formatBytes(used)} used)`,
  ];
  return [`${guest} → ${host ?? '?'} (${decision ?? ''})`, `  needs ${needed.join(', ')}`];
}

/** How long it would take, by a look at the host that was chosen. */
async function foretold(
  { host, seen }: Machine,
  operation: Operation,
  { inventory, method, signal }: { inventory: Inventory; method: string; signal: AbortSignal },
  open: Host[],
): Promise<string> {
  const entry = inventory.hosts.find(({ name }) => name === operation.host);
  if (entry === undefined) {
    return `not foretold: ${inventory.file} has no host ${operation.host ?? ''}`;
  }
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { inspectTarget } = await import('../../platform/operations/convert/inspect/index.ts');
  const { planConversion } = await import('../../platform/operations/convert/plan.ts');
  const target = await connectHost(entry, signal);
  open.push(target);
  const there = await withLedger('cluster-convert', (ledger) =>
    inspectTarget(host.shell, target, { ledger }),
  );
  const found = planConversion(seen, there).predictions.find((each) => each.method === method);
  if (found === undefined) return 'not foretold: / is on none of its disks';
  if (found.refused.length > 0) return `${method} is refused there: ${found.refused.join(', ')}`;
  const over = found.notConverging === undefined ? '' : 'over ';
  return `${method}: out of service for ${over}${found.downtime.toFixed(1)} s, ${found.total.toFixed(0)} s in all, as foretold`;
}

function time(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0 && seconds <= 3600) return seconds;
  throw new UserError({
    message: `--watch: expected a time of at most 1h such as 10s, got ${text}`,
  });
}
