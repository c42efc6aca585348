import { runsHere, type BodyOf, type Step } from '../../wire/messages/kinds.ts';
import type { OperationRecord } from '../state.ts';

/** One command of an operation. */
interface Leg {
  readonly on: 'host' | 'target';
  readonly step: Step;
  /** What takes its effect away again, where another command fails after it. */
  readonly undo?: Step;
}

const courses: Readonly<Record<OperationRecord['action'], readonly Leg[]>> = {
  create: [{ on: 'host', step: 'create' }],
  start: [{ on: 'host', step: 'start' }],
  stop: [{ on: 'host', step: 'stop' }],
  remove: [{ on: 'host', step: 'remove' }],
  plug: [{ on: 'host', step: 'plug' }],
  unplug: [{ on: 'host', step: 'unplug' }],
  restart: [{ on: 'target', step: 'start' }],
  // No agent has a part in it: `settle` ends it.
  convert: [],
  migrate: [
    // Undone last: the guest goes on here only once its place there is known to be gone.
    { on: 'host', step: 'check', undo: 'resume' },
    { on: 'target', step: 'receive', undo: 'discard' },
    { on: 'host', step: 'send' },
  ],
};

/** Milliseconds between two tries to undo a command, and how many there are. */
const pause = 10_000;
const mostTries = 30;

const needsSpec: readonly Step[] = ['create', 'receive', 'start'];

/** What has to be sent, and to whom. */
export interface Order {
  readonly host: string;
  readonly command: BodyOf<'command'>;
}

/** The command that is under way in an operation; undefined where it is over. */
export function currentOrder(operation: OperationRecord): Order | undefined {
  const { id, action, guest, host, target, spec, change, state, at, awaited, retry } = operation;
  const leg = courses[action][at];
  if (leg === undefined || state === 'done' || state === 'undone') return undefined;
  const step = state === 'doing' ? leg.step : leg.undo;
  if (step === undefined) return undefined;
  // Agents remember what they have done: each try is a command of its own.
  const again = retry === undefined ? '' : `.${retry.failed}`;
  const command: BodyOf<'command'> = {
    kind: 'command',
    id: `${id}:${state === 'doing' ? '' : 'u'}${at}${again}`,
    step,
    guest,
    ...(needsSpec.includes(step) && spec && { spec }),
    ...(change && { change }),
    ...(step === 'send' && awaited && { target: { host: target ?? host, ...awaited } }),
  };
  return { host: leg.on === 'target' ? (target ?? host) : host, command };
}

/** How a command ended, as the agent has it. */
export type Result = BodyOf<'heartbeat'>['results'][number];

type Advance = Pick<OperationRecord, 'state' | 'at' | 'awaited' | 'retry' | 'reason' | 'result'>;

/**
 * How far an operation has come when its command that was under way has ended.
 * @param now milliseconds since 1970
 */
export function advance(operation: OperationRecord, result: Result, now: number): Advance {
  const { action, state, at, retry, reason = '' } = operation;
  const { outcome, address, note } = result;
  if (state === 'doing' && outcome === 'done') {
    const awaited =
      address === undefined ? {} : { awaited: note ? { address, note } : { address } };
    const over = at + 1 === courses[action].length;
    const told = note === undefined ? {} : { result: note };
    return over ? { state: 'done', at, ...told } : { state: 'doing', at: at + 1, ...awaited };
  }
  const failed = result.reason ?? 'it failed';
  if (state === 'doing') return undoFrom(operation, at - 1, failed);
  if (outcome === 'done') return undoFrom(operation, at - 1, reason);
  // It was switched over before the source failed: the move is done after all.
  if (note === runsHere) return { state: 'done', at };
  const times = (retry?.failed ?? 0) + 1;
  if (times < mostTries) {
    return { state: 'undoing', at, reason, retry: { failed: times, from: now + pause } };
  }
  // What is not known to be gone may run: then nothing before it is undone.
  return { state: 'undone', at, reason: `${reason}; its traces could not be removed: ${failed}` };
}

/** Goes on with the last command at or before `from` that has something to undo. */
function undoFrom({ action }: OperationRecord, from: number, reason: string): Advance {
  for (let at = from; at >= 0; at--) {
    if (courses[action][at]?.undo !== undefined) return { state: 'undoing', at, reason };
  }
  return { state: 'undone', at: 0, reason };
}
