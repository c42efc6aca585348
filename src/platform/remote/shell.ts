import type { Duplex } from 'node:stream';

/** A program with its arguments, never a line for a shell to parse. */
export type Argv = readonly [string, ...string[]];

export interface RunOptions {
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
  input?: string | Uint8Array;
  /** Working directory. */
  cwd?: string;
  /** Seconds. */
  timeout?: number;
  signal?: AbortSignal;
}

export interface Output {
  stdout: string;
  stderr: string;
}

/** A program that keeps running until it is ended. */
export interface Process {
  readonly pid: number;
  /** Settles when the process has ended, never rejects. */
  readonly exited: Promise<{
    code: number | undefined;
    signal: string | undefined;
    stderr: string;
  }>;
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void;
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
  /** Connects to a unix socket of the host. */
  connect(path: string): Promise<Duplex>;
}

/** A command that failed, with what it printed. */
export class CommandError extends Error {
  readonly argv: Argv;
  readonly host: string;
  readonly code: number | undefined;
  readonly stderr: string;

  constructor(
    host: string,
    argv: Argv,
    how: string,
    { code, stderr = '' }: { code?: number | undefined; stderr?: string } = {},
    options?: ErrorOptions,
  ) {
    const detail = stderr.trim().split('\n').slice(-3).join('\n');
    super(`${argv.join(' ')} (on ${host}) ${how}${detail === '' ? '' : `: ${detail}`}`, options);
    this.name = 'CommandError';
    this.host = host;
    this.argv = argv;
    this.code = code;
    this.stderr = stderr;
  }
}
