import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { UserError, type Problem } from '../../base/errors.ts';
import type { Operator } from '../../manager/member/operator.ts';
import type { BodyOf } from '../../manager/wire/messages/kinds.ts';
import { exitCodes } from '../exit-codes.ts';
import { bodyJson, withOperator, type OperatorOptions } from './with-operator.ts';

/** Options of all that change something. */
export interface RequestOptions extends OperatorOptions {
  id?: string;
  dryRun: boolean;
  wait: number;
}

export type Operation = BodyOf<'operation'>;

/** `--id`, `--dry-run`, `--wait`, the same for all that change something. */
export function withRequest(command: Command): Command {
  return withOperator(command)
    .option('--id <id>', 'of the request: with the same id it is done once (default: a new one)')
    .option('--dry-run', 'only say what would be done', false)
    .option(
      '--wait <seconds>',
      'how long to wait for the end; 0: only until it is accepted',
      seconds,
      600,
    );
}

/**
 * Asks for one thing for each request, all at once, and says what became of them.
 * @throws UserError for those that the master does not do; what it does of the others is said before
 */
export async function operate(
  master: Operator,
  requests: readonly Omit<BodyOf<'submit'>, 'kind' | 'id' | 'dryRun'>[],
  options: RequestOptions,
): Promise<void> {
  const { id = randomUUID(), dryRun, json } = options;
  const accepted: Operation[] = [];
  const problems: Problem[] = [];
  for (const request of requests) {
    const own = requests.length === 1 ? id : `${id}-${request.guest}`;
    const body = { ...request, kind: 'submit', id: own, dryRun } as const;
    try {
      accepted.push(await master.ask(body, 'operation'));
    } catch (error) {
      if (!(error instanceof UserError) || requests.length === 1) throw error;
      problems.push(...error.problems.map((each) => ({ where: request.guest, ...each })));
    }
  }
  const ended = dryRun ? accepted : await untilOver(master, accepted, options);
  if (json) {
    const [first] = ended;
    const all = ended.map((each) => JSON.parse(bodyJson(each, { dryRun })) as object);
    console.log(
      ended.length === 1 && first !== undefined ? bodyJson(first, { dryRun }) : JSON.stringify(all),
    );
  } else {
    for (const operation of ended) console.log(sentence(operation, dryRun));
  }
  if (problems.length > 0) throw new UserError(problems);
  finish(ended, options);
}

/** Asks until all are over, or the time is; tells of each that is. */
export async function untilOver(
  master: Operator,
  accepted: readonly Operation[],
  { wait }: Pick<RequestOptions, 'wait'>,
  onEnd: (operation: Operation) => void = () => undefined,
): Promise<Operation[]> {
  const operations = [...accepted];
  const deadline = performance.now() + wait * 1000;
  const told = new Set<string>();
  for (;;) {
    for (const each of operations) {
      if (each.state === 'accepted' || told.has(each.id)) continue;
      told.add(each.id);
      onEnd(each);
    }
    if (told.size === operations.length || performance.now() >= deadline) return operations;
    await sleep(50);
    for (const [index, { id, state }] of operations.entries()) {
      if (state !== 'accepted') continue;
      const query = { kind: 'query', what: 'operations', id } as const;
      operations[index] = await master.ask(query, 'operation');
    }
  }
}

/** @throws UserError if something is not over though it was waited for */
export function finish(
  operations: readonly Operation[],
  { dryRun, wait }: Pick<RequestOptions, 'dryRun' | 'wait'>,
): void {
  if (operations.some(({ state }) => state === 'undone')) process.exitCode = exitCodes.someFailed;
  const late = operations.filter(({ state }) => state === 'accepted');
  if (late.length === 0 || dryRun || wait === 0) return;
  const which = late.map(({ id }) => id).join(', ');
  throw new UserError({
    message: `operation ${which} is not over after ${wait} s; it goes on`,
    remedy: 'virtgauge cluster operations shows what becomes of it.',
  });
}

export function sentence(operation: Operation, dryRun = false): string {
  const { id, action, guest, state, host = '', target, reason, result } = operation;
  const place = target === undefined ? `on ${host}` : `from ${host} to ${target}`;
  const why = whyUnasked(operation);
  const where = why === undefined ? place : `${place} (${why})`;
  if (dryRun) return `${action} ${guest} ${where}; nothing was done`;
  if (state === 'undone') return `${action} ${guest} ${where} was undone: ${reason ?? 'it failed'}`;
  const more = state === 'accepted' ? `, operation ${id}` : result ? `, ${result}` : '';
  return `${action} ${guest} ${where}: ${state}${more}`;
}

/** Why there is an operation that nobody has asked for. */
export function whyUnasked({
  action,
  decision,
}: Pick<Operation, 'action' | 'decision'>): string | undefined {
  return action === 'start' || action === 'restart' ? decision : undefined;
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected seconds, such as 60.');
}
