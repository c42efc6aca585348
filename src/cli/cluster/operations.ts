import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import { expectName } from '../../base/name.ts';
import type { Operator } from '../../manager/member/operator.ts';
import type { Action, BodyOf } from '../../manager/wire/messages/kinds.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes, count } from './amounts.ts';
import { asking, bodyJson, withOperator, type OperatorOptions } from './with-operator.ts';

interface Options extends OperatorOptions {
  id?: string;
  on?: string;
  to?: string;
  policy?: string;
  dryRun: boolean;
  wait: number;
  vcpus?: number;
  memory?: number;
  disk?: number;
  image?: string;
}

/** `virtgauge cluster create|start|stop|remove|migrate` */
export function addOperations(cluster: Command): void {
  add('create', 'make a guest and start it, on a host that the policy chooses')
    .option('--vcpus <n>', 'its vCPUs', count, 1)
    .option('--memory <bytes>', 'its memory', bytes, 2 ** 28)
    .option('--disk <bytes>', 'its disk', bytes, 2 ** 30)
    .option('--image <name>', 'what its disk is made from', 'micro')
    .option('--on <host>', 'the host that it shall be on')
    .option('--policy <name>', 'how to choose one');
  add('start', 'start a guest that is stopped');
  add('stop', 'stop a guest at once');
  add('remove', 'remove a stopped guest with its disk');
  add('migrate', 'move a running guest to another host')
    .option('--to <host>', 'the host that it shall be on')
    .option('--policy <name>', 'how to choose one');

  function add(action: Action, about: string): Command {
    return withOperator(cluster.command(action).argument('<guest>', 'name of the guest'))
      .description(about)
      .option('--id <id>', 'of the request: with the same id it is done once (default: a new one)')
      .option('--dry-run', 'only say what would be done', false)
      .option(
        '--wait <seconds>',
        'how long to wait for the end; 0: only until it is accepted',
        seconds,
        600,
      )
      .action(async (guest: string, options: Options) => {
        expectName(guest, 'guest');
        await asking(options, (master) => operate(master, action, guest, options));
      });
  }
}

async function operate(master: Operator, action: Action, guest: string, options: Options) {
  const { id = randomUUID(), on, to, policy, dryRun, wait, json } = options;
  const { vcpus = 1, memory = 0, disk = 0, image = 'micro' } = options;
  const request: BodyOf<'submit'> = {
    ...{ kind: 'submit', id, action, guest, dryRun },
    ...{ host: on ?? to, policy },
    ...(action === 'create' && { spec: { vcpus, memory, disk, image } }),
  };
  let operation = await master.ask(request, 'operation');
  const deadline = performance.now() + wait * 1000;
  while (!dryRun && operation.state === 'accepted' && performance.now() < deadline) {
    await sleep(100);
    operation = await master.ask({ kind: 'query', what: 'operations', id }, 'operation');
  }
  console.log(json ? bodyJson(operation, { dryRun }) : sentence(operation, dryRun));
  if (operation.state === 'undone') process.exitCode = exitCodes.someFailed;
  else if (operation.state === 'accepted' && !dryRun && wait > 0) {
    throw new UserError({
      message: `operation ${id} is not over after ${wait} s; it goes on`,
      remedy: 'virtgauge cluster operations shows what becomes of it.',
    });
  }
}

function sentence(operation: BodyOf<'operation'>, dryRun: boolean): string {
  const { id, action, guest, state, host = '', target, reason } = operation;
  const where = target === undefined ? `on ${host}` : `from ${host} to ${target}`;
  if (dryRun) return `${action} ${guest} ${where}; nothing was done`;
  if (state === 'undone') return `${action} ${guest} ${where} was undone: ${reason ?? 'it failed'}`;
  return `${action} ${guest} ${where}: ${state}${state === 'accepted' ? `, operation ${id}` : ''}`;
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected seconds, such as 60.');
}
