import type { Duplex, Readable, Writable } from 'node:stream';

/** A program with its arguments, never a line for a shell to parse. */
export type Argv = readonly [string, ...string[]];

export interface RunOptions {
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
  input?: string | Uint8Array;
  /** Working directory. */
  cwd?: string;
  /** Seconds; what is running then is ended, with all that it has started. */
  timeout?: number;
  /** Ends it, with all that it has started. */
  signal?: AbortSignal;
}

export interface Output {
  stdout: string;
  stderr: string;
}

/** How a process ended. */
export interface Ended {
  code: number | undefined;
  signal: string | undefined;
  stderr: string;
  /** Set where the connection to its host ended first: the process may still run. Says why. */
  lost?: string;
}

/** A program that keeps running until it is ended. */
export interface Process {
  /** On its host. */
  readonly pid: number;
  /** Settles when the process has ended or its host is out of reach, never rejects. */
  readonly exited: Promise<Ended>;
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void;
}

/** A program that we talk with while it runs. */
export interface PipedProcess extends Process {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** How a host is touched: commands, files, sockets. One for this machine, one over SSH. */
export interface Shell {
  /** Name of the host, for messages. */
  readonly host: string;
  /**
   * Runs to the end and gives what was printed.
   * @throws CommandError if it cannot start, ends with another code than 0, or takes too long
   */
  run(argv: Argv, options?: RunOptions): Promise<Output>;
  /** Starts and returns as soon as there is a pid. */
  start(argv: Argv, options?: Pick<RunOptions, 'env'>): Promise<Process>;
  /** The same with its input and output in our hands; what it prints must be read. */
  open(argv: Argv, options?: Pick<RunOptions, 'env'>): Promise<PipedProcess>;
  /** Connects to a unix socket of the host. */
  connect(path: string): Promise<Duplex>;
  /** @throws CommandError if it cannot be read */
  readFile(path: string): Promise<Buffer>;
  /** Writes a file whole; its folder must be there. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  /**
   * Puts a file of the controller on the host, holes kept, its permission bits too. On this machine
   * a copy. The file appears under its name only when it is whole.
   */
  upload(localPath: string, path: string): Promise<void>;
  /**
   * The host has lost its power: what goes over its connections has ended, and the next command
   * connects anew. Absent where there is no connection.
   */
  lostPower?(): void;
  /** Ends the connection, if there is one; what `start` has started goes on. */
  close(): Promise<void>;
}

/** Characters of a command line in a message; `argv` has all of it. */
const longest = 240;

/** A command that failed, with what it printed. */
export class CommandError extends Error {
  readonly argv: Argv;
  readonly host: string;
  readonly code: number | undefined;
  readonly stderr: string;
  /** Empty where it is not known. */
  readonly stdout: string;

  constructor(
    host: string,
    argv: Argv,
    how: string,
    { code, stderr = '', stdout = '' }: Partial<Output> & { code?: number | undefined } = {},
    options?: ErrorOptions,
  ) {
    const detail = stderr.trim().split('\n').slice(-3).join('\n');
    super(`${commandText(argv)} (on ${host}) ${how}${detail === '' ? '' : `: ${detail}`}`, options);
    this.name = 'CommandError';
    this.host = host;
    this.argv = argv;
    this.code = code;
    this.stderr = stderr;
    this.stdout = stdout;
  }
}

/** A command line in a message: what of it tells commands apart. */
function commandText(argv: Argv): string {
  const text = argv.map(shown).join(' ');
  return text.length <= longest ? text : `${text.slice(0, longest)} …`;
}

/** Of a script its beginning. */
function shown(word: string): string {
  const [first = '', ...more] = word.trimStart().split('\n');
  return more.length === 0 ? word : `${first.slice(0, 60)} …`;
}
