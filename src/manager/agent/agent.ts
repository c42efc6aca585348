import type { Body, BodyOf } from '../wire/messages/kinds.ts';
import type { Peer } from '../wire/certificates/trust.ts';
import { Refusal } from '../wire/refusal.ts';
import type { StateLog } from '../state/state-log.ts';
import { RunsHere, type GuestRunner } from './runner.ts';
import { runsHere } from '../wire/messages/kinds.ts';
import type { AgentEntry, AgentState, Command, Result } from './state.ts';

export interface AgentOptions {
  readonly log: StateLog<AgentState, AgentEntry>;
  readonly runner: GuestRunner;
  /** Which life of the host this is: an id of its boot. */
  readonly boot: string;
  /** What the host has to do besides. Default: not told. */
  readonly load?: () => Pick<BodyOf<'heartbeat'>, 'load' | 'memoryFree'>;
  /** Called when a command has ended, so that the master hears of it at once. */
  readonly onResult?: () => void;
}

/**
 * The agent of a host: it carries out what its master commands, each command once. A command is written
 * down before it is answered and before anything is done; its result, before it is told.
 */
export class Agent {
  readonly #options: AgentOptions;
  /** Results that the master may not have heard yet, by command. */
  readonly #untold = new Map<string, Result>();
  /** Results that the disk has not taken yet. */
  readonly #unwritten: Result[] = [];
  /** What is done to a guest, one after the other. */
  readonly #turns = new Map<string, Promise<void>>();

  /** Of the latest master that is known to have led. */
  #term = 0;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /**
   * Finds out what became of commands that were under way when the agent ended. To be called before
   * anything else.
   */
  async settle(): Promise<void> {
    const { log } = this.#options;
    for (const command of Object.values(log.state.underway)) {
      this.#end(await this.#settled(command));
    }
  }

  /** @throws Refusal that says why not */
  answer(body: Body, { name, role }: Pick<Peer, 'name' | 'role'>): Body {
    if (role !== 'master')
      throw new Refusal('not allowed', `${role} ${name} commands nothing here`);
    if (body.kind !== 'command') {
      throw new Refusal('not allowed', `an agent is not asked ${body.kind}`);
    }
    this.#expectTerm(body.term);
    this.#take(body);
    return { kind: 'ok', revoked: [] };
  }

  /**
   * Whoever led before the master of this term is not obeyed any more, and its answers count for none.
   * @throws Refusal if this master leads no more
   */
  led({ term }: Pick<BodyOf<'ok'>, 'term'>): void {
    this.#expectTerm(term);
  }

  #expectTerm(term = 0): void {
    if (term < this.#term) {
      throw new Refusal('not allowed', `the master of term ${term} leads no more`);
    }
    this.#term = term;
  }

  /** What the master is told about once a second, and when a command has ended. */
  async heartbeat(): Promise<BodyOf<'heartbeat'>> {
    const { runner, boot, load } = this.#options;
    this.#writeDown();
    const guests = await runner.list();
    const usage = runner.usage?.();
    return {
      kind: 'heartbeat',
      boot,
      ...load?.(),
      guests: [...guests].map(([name, state]) => ({ name, state, ...usage?.get(name) })),
      results: [...this.#untold.values()],
    };
  }

  /** The master has answered this heartbeat. */
  told({ results }: BodyOf<'heartbeat'>): void {
    for (const { command } of results) this.#untold.delete(command);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#turns.size > 0) await Promise.all(this.#turns.values());
  }

  #take({ id, step, guest, spec, target, change }: BodyOf<'command'>): void {
    const command: Command = { id, step, guest, spec, target, change };
    const { log } = this.#options;
    const { underway, results } = log.state;
    if (Object.hasOwn(underway, command.id)) return;
    const before = Object.hasOwn(results, command.id) ? results[command.id] : undefined;
    if (before !== undefined) {
      this.#untold.set(command.id, before);
      this.#options.onResult?.();
      return;
    }
    log.append({ kind: 'begun', command });
    const earlier = this.#turns.get(command.guest) ?? Promise.resolve();
    const turn = earlier.then(async () => this.#end(await this.#carryOut(command)));
    const kept = turn.finally(() => {
      if (this.#turns.get(command.guest) === kept) this.#turns.delete(command.guest);
    });
    this.#turns.set(command.guest, kept);
  }

  async #carryOut(command: Command): Promise<Result> {
    const { id, guest, step, spec, target, change } = command;
    const { runner, log } = this.#options;
    const shape = () => spec ?? log.state.shapes[guest] ?? missing(`the shape of ${guest}`);
    try {
      switch (step) {
        case 'create':
          await runner.create(guest, shape());
          break;
        case 'start':
          await runner.start(guest, shape());
          break;
        case 'stop':
          await runner.stop(guest);
          break;
        case 'remove':
          await runner.remove(guest);
          break;
        case 'check':
          await runner.check(guest);
          break;
        case 'receive':
          return { command: id, outcome: 'done', ...(await runner.receive(guest, shape())) };
        case 'discard':
          await runner.discard(guest);
          break;
        case 'send':
          await runner.send(guest, target ?? missing('where to send it'));
          break;
        case 'resume':
          await runner.resume(guest);
          break;
        case 'forget':
          await runner.forget(guest);
          break;
        case 'plug':
        case 'unplug': {
          const note = await runner[step](guest, change ?? missing('what to plug'));
          return { command: id, outcome: 'done', note };
        }
      }
      return { command: id, outcome: 'done' };
    } catch (error) {
      return failure(id, error);
    }
  }

  /** What is there now tells whether a command was done; half of it is taken away. */
  async #settled({ id, guest, step }: Command): Promise<Result> {
    const { runner } = this.#options;
    const failed = {
      command: id,
      outcome: 'failed',
      reason: 'the agent ended while doing it',
    } as const;
    try {
      const state = (await runner.list()).get(guest);
      switch (step) {
        case 'create':
          if (state === 'running') return { command: id, outcome: 'done' };
          await runner.remove(guest);
          return failed;
        case 'start':
          return state === 'running' ? { command: id, outcome: 'done' } : failed;
        case 'stop':
          return state === 'stopped' ? { command: id, outcome: 'done' } : failed;
        case 'remove':
          await runner.remove(guest);
          return { command: id, outcome: 'done' };
        case 'receive':
          await runner.discard(guest);
          return failed;
        case 'discard':
          await runner.discard(guest);
          return { command: id, outcome: 'done' };
        case 'send':
          return state === undefined ? { command: id, outcome: 'done' } : failed;
        case 'resume':
          await runner.resume(guest);
          return { command: id, outcome: 'done' };
        case 'forget':
          await runner.forget(guest);
          return { command: id, outcome: 'done' };
        case 'check':
        case 'plug':
        case 'unplug':
          return failed;
      }
    } catch (error) {
      if (error instanceof RunsHere) return failure(id, error);
      return { ...failed, reason: `${failed.reason}; then: ${(error as Error).message}` };
    }
  }

  #end(result: Result): void {
    this.#unwritten.push(result);
    this.#writeDown();
    this.#untold.set(result.command, result);
    this.#options.onResult?.();
  }

  /**
   * A result that the disk does not take is told nevertheless, and written once it does: a restart before
   * that finds it out anew.
   */
  #writeDown(): void {
    const [result] = this.#unwritten;
    if (result === undefined) return;
    try {
      this.#options.log.append({ kind: 'ended', result });
    } catch {
      return;
    }
    this.#unwritten.shift();
    this.#writeDown();
  }
}

/** That a guest runs which was to be discarded is told by a word that the master knows. */
function failure(command: string, error: unknown): Result {
  const reason = (error as Error).message;
  const runs = error instanceof RunsHere;
  return { command, outcome: 'failed', reason, ...(runs && { note: runsHere }) };
}

function missing(what: string): never {
  throw new Error(`${what} is not known`);
}
