import { Duplex } from 'node:stream';
import {
  CommandError,
  type Argv,
  type PipedProcess,
  type Process,
  type Shell,
} from '../../../../platform/remote/shell.ts';
import type { TunnelAnswer } from './tunnel-server.ts';

/** What the sender of a guest asks of this host's shell while it moves it; see `Shell`. */
export type ShellCall =
  | {
      readonly ask: 'run';
      readonly argv: Argv;
      readonly env?: Readonly<Record<string, string>> | undefined;
      readonly timeout?: number | undefined;
    }
  /** A program that is joined to the connection where it is `piped`. */
  | {
      readonly ask: 'start';
      readonly argv: Argv;
      readonly env?: Readonly<Record<string, string>> | undefined;
      readonly piped: boolean;
    }
  /** Answered when such a program has ended. */
  | { readonly ask: 'ended'; readonly pid: number }
  | {
      readonly ask: 'kill';
      readonly pid: number;
      readonly signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT';
    }
  /** Joins the connection to a unix socket. */
  | { readonly ask: 'reach'; readonly path: string }
  | { readonly ask: 'read'; readonly path: string };

/** What is said of a command. */
export type RunReply =
  | { readonly stdout: string; readonly stderr: string }
  | { readonly failed: { readonly code?: number | undefined; readonly stderr: string } };

/** This host's shell for the agent that sends a guest; all that it has started ends with it. */
export class ShellCalls {
  readonly #shell: Shell;
  readonly #started = new Map<number, Process>();
  readonly #over = new AbortController();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  async answer(call: ShellCall): Promise<TunnelAnswer> {
    const shell = this.#shell;
    switch (call.ask) {
      case 'run':
        return { reply: await this.#run(call) };
      case 'start':
        return this.#start(call);
      case 'ended':
        return { reply: await this.#process(call.pid).exited };
      case 'kill':
        this.#process(call.pid).kill(call.signal);
        return { reply: {} };
      case 'reach':
        return { reply: {}, join: await shell.connect(call.path) };
      case 'read':
        return { reply: { content: (await shell.readFile(call.path)).toString('base64') } };
    }
  }

  /** Resolves when nothing runs any more that was started so. */
  async close(): Promise<void> {
    this.#over.abort(new Error('the move is over'));
    const all = [...this.#started.values()];
    for (const process of all) process.kill('SIGKILL');
    await Promise.all(all.map(({ exited }) => exited));
  }

  async #run({ argv, env, timeout }: Extract<ShellCall, { ask: 'run' }>): Promise<RunReply> {
    try {
      const { signal } = this.#over;
      return await this.#shell.run(argv, {
        signal,
        ...(env && { env }),
        ...(timeout !== undefined && { timeout }),
      });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { failed: { code: error.code, stderr: error.stderr || error.message } };
    }
  }

  async #start({ argv, env, piped }: Extract<ShellCall, { ask: 'start' }>): Promise<TunnelAnswer> {
    const options = env && { env };
    const process = await (piped
      ? this.#shell.open(argv, options)
      : this.#shell.start(argv, options));
    const { pid, exited } = process;
    this.#started.set(pid, process);
    void exited.then(() => setTimeout(() => this.#started.delete(pid), remembered).unref());
    if (this.#over.signal.aborted) process.kill('SIGKILL');
    if (!piped) return { reply: { pid } };
    const { stdin: writable, stdout: readable } = process as PipedProcess;
    return { reply: { pid }, join: Duplex.from({ writable, readable }) };
  }

  #process(pid: number): Process {
    const process = this.#started.get(pid);
    if (process === undefined) throw new Error(`process ${pid} was not started by this move`);
    return process;
  }
}

/** Milliseconds in which it can be asked how a program has ended. */
const remembered = 60_000;
