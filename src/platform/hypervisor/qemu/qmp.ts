import type { Duplex } from 'node:stream';
import { EventEmitter } from 'node:events';
import type { Clock } from '../../../base/clock.ts';
import { JsonLines } from '../../remote/json-lines.ts';
import type { QmpCommands } from './qmp-commands.ts';

/** Seconds that QEMU gets for an answer where nothing else is said. */
const usualLimit = 60;

export interface ExecuteOptions {
  /** Seconds that QEMU gets for its answer. */
  timeout?: number;
  /** Before all that waits, and though QEMU's main loop hangs; only some commands can do so. */
  outOfBand?: boolean;
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
  timer: NodeJS.Timeout;
}

interface Greeting {
  resolve: (greeted: NonNullable<Message['QMP']>) => void;
  reject: (error: Error) => void;
}

interface Message {
  QMP?: { capabilities?: string[] };
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
   * Waits for the greeting and negotiates, also commands out of band where QEMU offers them.
   * @throws QmpError if QEMU refuses, Error if the connection ends first
   */
  static async connect(stream: Duplex, clock: Clock): Promise<Qmp> {
    let qmp: Qmp | undefined;
    let timer: NodeJS.Timeout | undefined;
    const { capabilities = [] } = await new Promise<NonNullable<Message['QMP']>>(
      (resolve, reject) => {
        qmp = new Qmp(stream, clock, { resolve, reject });
        timer = setTimeout(() => {
          stream.destroy(new Error(`no greeting within ${usualLimit} s`));
        }, usualLimit * 1000);
      },
    ).finally(() => clearTimeout(timer));
    if (qmp === undefined) throw new Error('unreachable');
    const enable = capabilities.filter((name) => name === 'oob');
    await qmp.execute('qmp_capabilities', enable.length > 0 ? { enable } : {});
    return qmp;
  }

  /**
   * @throws QmpError if QEMU refuses, Error if it does not answer in time or the connection ends
   *   first
   */
  execute<Name extends keyof QmpCommands>(
    command: Name,
    args: QmpCommands[Name]['arguments'],
    { timeout = usualLimit, outOfBand = false }: ExecuteOptions = {},
  ): Promise<QmpCommands[Name]['return']> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`QEMU did not answer ${command} within ${timeout} s`));
      }, timeout * 1000);
      this.#pending.set(id, { command, resolve, reject, timer });
      this.#lines.write({ [outOfBand ? 'exec-oob' : 'execute']: command, arguments: args, id });
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
      this.#greeting?.resolve(message.QMP);
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
    clearTimeout(pending.timer);
    if (error) pending.reject(new QmpError(pending.command, error.class, error.desc));
    else pending.resolve(value as never);
  }

  #end(cause: Error): void {
    this.#closed = new Error(`QEMU's monitor is gone: ${cause.message}`, { cause });
    this.#greeting?.reject(
      new Error(`QEMU's monitor was lost before its greeting: ${cause.message}`, { cause }),
    );
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(this.#closed);
    }
    this.#pending.clear();
  }
}
