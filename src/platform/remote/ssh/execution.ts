import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import type { Argv } from '../shell.ts';
import { commandLine, type CommandOptions } from './command-line.ts';
import { Header } from './header.ts';
import type { Session, SessionKind, Sessions } from './sessions.ts';
import type { ExitStatus } from './connection.ts';

/** How a command ended. */
export interface Exit extends ExitStatus {
  /** Why we do not know. */
  lost?: string;
  /** Why the program itself was never started. */
  unstarted?: string;
}

/** Bytes of the error stream that are kept: its end. */
const keptErrors = 1024 * 1024;
/** Milliseconds for what a program that was ended by a signal has printed last. */
const grace = 100;

export interface OutputOptions {
  /** Called before anything comes through the channel. */
  onChannel?: (channel: ClientChannel, whenLost: Promise<string>) => void;
  /** What the program prints. */
  onOutput?: (chunk: Buffer) => void;
}

/** A command that runs on a host. */
export class Execution {
  readonly mark: string;
  readonly channel: ClientChannel;
  /** The program's pid once it is about to run; undefined if it never will. */
  readonly pid: Promise<number | undefined>;
  /** Settles when the program has ended and all that it printed is here, never rejects. */
  readonly exit: Promise<Exit>;
  #errors: Buffer[] = [];
  #errorBytes = 0;

  constructor(
    mark: string,
    { channel, exited, connection: { whenLost } }: Session,
    { onChannel = () => undefined, onOutput = () => undefined }: OutputOptions,
  ) {
    this.mark = mark;
    this.channel = channel;
    channel.on('error', () => undefined);
    onChannel(channel, whenLost);
    const output = new Header(new RegExp(`${mark} (\\d+)\\n`));
    const errors = new Header(new RegExp(`${mark}(\\n)`));
    let tellPid: (pid: number | undefined) => void = () => undefined;
    this.pid = new Promise((resolve) => (tellPid = resolve));
    channel.on('data', (chunk: Buffer) => {
      const rest = output.feed(chunk);
      if (output.found !== undefined) tellPid(Number(output.found));
      if (rest.length > 0) onOutput(rest);
    });
    channel.stderr.on('data', (chunk: Buffer) => this.#keep(errors.feed(chunk)));
    this.exit = this.#ended(exited, whenLost).then((exit) => {
      tellPid(undefined);
      const words = errors.lastWords || output.lastWords;
      if (exit.unstarted !== undefined || exit.code === undefined || words === '') return exit;
      // Neither shell of ours has come to its first word.
      return { ...exit, unstarted: `its login shell says: ${words}` };
    });
  }

  get stderr(): string {
    return Buffer.concat(this.#errors).toString('utf8');
  }

  async #ended(exited: Promise<ExitStatus>, whenLost: Promise<string>): Promise<Exit> {
    const { channel } = this;
    let exit: Exit | undefined;
    const closed = new Promise<void>((resolve) => {
      channel.once('close', resolve);
      void exited.then((status) => {
        exit = status;
        // What it has started may live on and hold its output open: that is not waited for.
        if (status.signal === undefined) return;
        setTimeout(() => {
          channel.close();
          resolve();
        }, grace).unref();
      });
    });
    const errorsEnded = new Promise<void>((resolve) => channel.stderr.once('close', resolve));
    const lost = await Promise.race([
      closed.then(() => (exit?.signal === undefined ? errorsEnded : undefined)),
      whenLost,
    ]);
    if (exit === undefined) {
      return { code: undefined, signal: undefined, lost: lost ?? 'the host closed the channel' };
    }
    const unstarted = this.#takeReason();
    return unstarted === undefined ? exit : { ...exit, unstarted };
  }

  /** Only the shell that should have become the program begins its messages with the mark. */
  #takeReason(): string | undefined {
    const prefix = `${this.mark}: `;
    if (!this.stderr.startsWith(prefix)) return undefined;
    const [line = ''] = this.stderr.slice(prefix.length).split('\n', 1);
    this.#errors = [];
    return line.replace(/^(?:line )?\d+: (?:exec: )?/, '');
  }

  #keep(chunk: Buffer): void {
    this.#errors.push(chunk);
    this.#errorBytes += chunk.length;
    while (this.#errorBytes - (this.#errors[0]?.length ?? 0) > keptErrors) {
      this.#errorBytes -= this.#errors.shift()?.length ?? 0;
    }
  }
}

export type ExecuteOptions = CommandOptions & OutputOptions & { signal?: AbortSignal | undefined };

/**
 * Starts a command.
 * @throws Error if the host is out of reach, or the command cannot be given to it
 */
export async function execute(
  sessions: Sessions,
  kind: SessionKind,
  argv: Argv,
  { signal, onChannel, onOutput, ...options }: ExecuteOptions = {},
): Promise<Execution> {
  const mark = randomBytes(12).toString('hex');
  const line = commandLine(mark, argv, options);
  if (Buffer.byteLength(line) > longest) {
    throw new RangeError(`expected a command of at most ${longest} bytes, got a longer one`);
  }
  return new Execution(mark, await sessions.exec(line, kind, signal), {
    ...(onChannel && { onChannel }),
    ...(onOutput && { onOutput }),
  });
}

/** Linux passes no longer argument to a program (MAX_ARG_STRLEN), such as the script of `sh -c`. */
const longest = 128 * 1024 - 1;
