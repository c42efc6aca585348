import { createHash } from 'node:crypto';
import type { StateLog } from '../../state/state-log.ts';
import type { BodyOf } from '../../wire/messages/kinds.ts';
import { advance, currentOrder, type Result } from './course.ts';
import { Lines, type AgentLine } from './lines.ts';
import { own } from '../records.ts';
import { isPending, type MasterEntry, type MasterState, type OperationRecord } from '../state.ts';

interface CommandsOptions {
  readonly log: StateLog<MasterState, MasterEntry>;
  readonly dial: (host: string, address: string) => AgentLine;
  readonly now: () => number;
}

/** What agents are told to do, each command until its agent has it. */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #lines: Lines;
  /** Commands that agents have taken, or that are on their way to them. */
  readonly #sent = new Set<string>();
  #forgotten = 0;

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#lines = new Lines(options);
  }

  /** Lets commands to these hosts go out at once. To be called about once a second. */
  async keepReady(isUp: (host: string) => boolean): Promise<void> {
    const hosts = Object.values(this.#options.log.state.hosts);
    await this.#lines.keepReady(
      hosts.flatMap(({ name, registered }) =>
        registered && isUp(name) ? [{ host: name, address: registered.address }] : [],
      ),
    );
  }

  /** Sends every command that is due. */
  async drive(): Promise<void> {
    const { operations } = this.#options.log.state;
    const pending = Object.values(operations).filter(isPending);
    await Promise.all(pending.map(({ id }) => this.send(id)));
  }

  /** The agent of a host has just started: what it has taken it may have forgotten to tell of. */
  sendAgain(host: string): void {
    for (const operation of Object.values(this.#options.log.state.operations)) {
      const order = currentOrder(operation);
      if (order?.host === host) this.#sent.delete(order.command.id);
    }
  }

  /** Sends the command that is under way, unless its agent has it. Never rejects. */
  async send(id: string): Promise<void> {
    const { log } = this.#options;
    const operation = own(log.state.operations, id);
    const order = operation && currentOrder(operation);
    if (operation === undefined || order === undefined) return;
    const { id: command } = order.command;
    try {
      const early = answerOf(log.state, operation, order.host);
      if (early === 'wait') return;
      if (early !== undefined) {
        this.advance(operation, { command, ...early });
        return;
      }
      const line = this.#lineTo(order.host);
      const rests = (operation.retry?.from ?? 0) > this.#options.now();
      if (line === undefined || this.#sent.has(command) || rests) return;
      this.#sent.add(command);
      const answer = await line.request(order.command);
      if (answer.kind === 'ok') return;
      const reason = answer.kind === 'refused' ? answer.reason : `the agent said ${answer.kind}`;
      this.advance(operation, { command, outcome: 'failed', reason });
    } catch {
      // Not reached, or not written down: the next `drive` sends it again.
      this.#sent.delete(command);
    }
  }

  /** A command of an operation has ended: writes it down, and goes on. */
  advance(operation: OperationRecord, result: Result): void {
    const { log, now } = this.#options;
    const { id } = operation;
    const to = advance(operation, result, now());
    const over = to.state === 'done' || to.state === 'undone';
    const ended = over ? { ended: now() } : {};
    log.append({ kind: 'advanced', id, to: { ...to, ...ended } });
    this.#sent.delete(result.command);
    void this.send(id);
    if (!over) return;
    for (const { id: next, after } of Object.values(log.state.operations)) {
      if (after === id) void this.send(next);
    }
  }

  /** What another host has now must not run here, too: this one may have been cut off meanwhile. */
  forgetGuestsOfOthers(host: string, { guests, boot }: BodyOf<'heartbeat'>): void {
    const { guests: known, operations } = this.#options.log.state;
    for (const { name } of guests) {
      const record = own(known, name);
      if (record === undefined || record.host === host) continue;
      const id = `forget.${createHash('sha256').update(`${name} ${boot}`).digest('hex')}`;
      const busy = Object.values(operations).some((one) => one.guest === name && isPending(one));
      const line = this.#lineTo(host);
      if (busy || line === undefined || this.#sent.has(id)) continue;
      this.#sent.add(id);
      // Agents remember what they have done: each try is a command of its own.
      const command = `${id}.${this.#options.now()}.${this.#forgotten++}`;
      void line
        .request({ kind: 'command', id: command, step: 'forget', guest: name })
        .catch(() => undefined)
        .finally(() => this.#sent.delete(id));
    }
  }

  async close(): Promise<void> {
    await this.#lines.close();
  }

  #lineTo(host: string): AgentLine | undefined {
    const address = own(this.#options.log.state.hosts, host)?.registered?.address;
    return address === undefined ? undefined : this.#lines.to(host, address);
  }
}

/**
 * What comes of a command without asking its host: it waits for another operation, or is not begun at all,
 * or the host was fenced, on which nothing is left to undo.
 */
function answerOf(
  state: MasterState,
  { after, onlyIfDone, state: course, at }: OperationRecord,
  host: string,
): 'wait' | Pick<Result, 'outcome' | 'reason'> | undefined {
  const before = after === undefined || at > 0 ? undefined : own(state.operations, after);
  if (before !== undefined && isPending(before)) return 'wait';
  if (before?.state === 'undone' && onlyIfDone && course === 'doing') {
    return { outcome: 'failed', reason: `the move before it, ${before.id}, was undone` };
  }
  if (own(state.hosts, host)?.fenced === undefined) return undefined;
  return course === 'undoing'
    ? { outcome: 'done' }
    : { outcome: 'failed', reason: `host ${host} was fenced` };
}
