import type { Duplex } from 'node:stream';
import { EventEmitter } from 'node:events';
import type { Clock } from '../../../base/clock.ts';
import { JsonLines } from '../../remote/json-lines.ts';

/** The commands that are used here: name → arguments and answer, as the QMP reference has them. */
export interface QmpCommands {
  qmp_capabilities: { arguments: { enable?: string[] }; return: object };
  'query-status': { arguments: object; return: { status: string; running: boolean } };
  'query-cpus-fast': {
    arguments: object;
    return: { 'cpu-index': number; 'thread-id': number }[];
  };
  'human-monitor-command': { arguments: { 'command-line': string }; return: string };
  'trace-event-set-state': { arguments: { name: string; enable: boolean }; return: object };
  cont: { arguments: object; return: object };
  stop: { arguments: object; return: object };
  quit: { arguments: object; return: object };
}

/** What QEMU says unasked. */
export interface QmpEvent {
  event: string;
  data: Readonly<Record<string, unknown>>;
  /** QEMU's own stamp, on our clock, in seconds. */
  at: number;
}

/** QEMU refused a command. */
export class QmpError extends Error {
  readonly command: string;
  /** QEMU's error class, such as `GenericError`. */
  readonly errorClass: string;

  constructor(command: string, errorClass: string, description: string) {
    super(`QEMU refused ${command}: ${description}`);
    this.name = 'QmpError';
    this.command = command;
    this.errorClass = errorClass;
  }
}

interface Pending {
  command: string;
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

interface Greeting {
  resolve: () => void;
  reject: (error: Error) => void;
}

interface Message {
  QMP?: object;
  event?: string;
  data?: Record<string, unknown>;
  timestamp?: { seconds: number; microseconds: number };
  id?: number;
  return?: unknown;
  error?: { class: string; desc: string };
}

/** A client of the QEMU Machine Protocol, ready for commands once `connect` has resolved. */
export class Qmp {
  readonly #clock: Clock;
  readonly #lines: JsonLines;
  readonly #pending = new Map<number, Pending>();
  readonly #events = new EventEmitter();
  #nextId = 1;
  #closed: Error | undefined;
  #greeting: Greeting | undefined;

  private constructor(stream: Duplex, clock: Clock, greeting: Greeting) {
    this.#clock = clock;
    this.#greeting = greeting;
    this.#events.setMaxListeners(0);
    this.#lines = new JsonLines(
      stream,
      (message) => this.#receive(message),
      (error) => this.#end(error),
    );
  }

  /**
   * Waits for the greeting and negotiates.
   * @throws QmpError if QEMU refuses, Error if the connection ends first
   */
  static async connect(stream: Duplex, clock: Clock): Promise<Qmp> {
    let qmp: Qmp | undefined;
    await new Promise<void>((resolve, reject) => {
      qmp = new Qmp(stream, clock, { resolve, reject });
    });
    if (qmp === undefined) throw new Error('unreachable');
    await qmp.execute('qmp_capabilities', {});
    return qmp;
  }

  /** @throws QmpError if QEMU refuses, Error if the connection ends first */
  execute<Name extends keyof QmpCommands>(
    command: Name,
    args: QmpCommands[Name]['arguments'],
  ): Promise<QmpCommands[Name]['return']> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { command, resolve, reject });
      this.#lines.write({ execute: command, arguments: args, id });
    });
  }

  /** Calls `listener` for every event from now on; the result stops that. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#events.on('event', listener);
    return () => this.#events.off('event', listener);
  }

  close(): void {
    this.#lines.close();
  }

  #receive(message: Message): void {
    if (message.QMP) {
      this.#greeting?.resolve();
      this.#greeting = undefined;
    } else if (message.event !== undefined) {
      const { seconds, microseconds } = message.timestamp ?? { seconds: 0, microseconds: 0 };
      const event: QmpEvent = {
        event: message.event,
        data: message.data ?? {},
        at: this.#clock.fromWall(seconds + microseconds / 1e6),
      };
      this.#events.emit('event', event);
    } else {
      this.#answer(message);
    }
  }

  #answer({ id, return: value, error }: Message): void {
    const pending = this.#pending.get(id ?? 0);
    if (!pending) return;
    this.#pending.delete(id ?? 0);
    if (error) pending.reject(new QmpError(pending.command, error.class, error.desc));
    else pending.resolve(value as never);
  }

  #end(cause: Error): void {
    this.#closed = new Error(`QEMU's monitor is gone: ${cause.message}`, { cause });
    this.#greeting?.reject(
      new Error(`QEMU's monitor was lost before its greeting: ${cause.message}`, { cause }),
    );
    for (const { reject } of this.#pending.values()) reject(this.#closed);
    this.#pending.clear();
  }
}
