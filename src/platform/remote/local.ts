import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import {
  CommandError,
  type Argv,
  type Output,
  type Process,
  type RunOptions,
  type Shell,
} from './shell.ts';

/** For what a program that was ended has printed last. */
const graceMilliseconds = 100;

/** This machine. */
export const localShell: Shell = {
  host: 'localhost',

  async run(
    [file, ...args]: Argv,
    { env, input, cwd, timeout, signal }: RunOptions = {},
  ): Promise<Output> {
    const child = execa(file, args, {
      reject: false,
      stripFinalNewline: false,
      ...(env && { env }),
      ...(input !== undefined && { input }),
      ...(cwd !== undefined && { cwd }),
      ...(timeout !== undefined && { timeout: timeout * 1000 }),
      ...(signal && { cancelSignal: signal }),
    });
    child.once('exit', (_code, endedBy) => {
      // What it has started may live on and hold its output open: that is not waited for.
      if (endedBy !== null) setTimeout(() => closeOutput(child), graceMilliseconds).unref();
    });
    const result = await child;
    const { stdout, stderr, exitCode: code } = result;
    if (!result.failed) return { stdout, stderr };
    signal?.throwIfAborted();
    const how = result.timedOut
      ? `did not end within ${timeout} s`
      : result.isMaxBuffer
        ? 'printed too much'
        : result.signal !== undefined
          ? `was ended by ${result.signal}`
          : code === undefined
            ? `did not run (${firstLine(result.originalMessage)})`
            : `ended with code ${code}`;
    throw new CommandError(localShell.host, [file, ...args], how, { code, stderr });
  },

  async start([file, ...args]: Argv, { env } = {}): Promise<Process> {
    // Not killed when we exit normally: whoever starts it enters it in the ledger and ends it.
    const child = execa(file, args, {
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
      cleanup: false,
      ...(env && { env }),
    });
    if (child.pid === undefined) {
      const { originalMessage } = await child;
      const how = `did not start (${firstLine(originalMessage)})`;
      throw new CommandError(localShell.host, [file, ...args], how);
    }
    return {
      pid: child.pid,
      exited: child.then(({ exitCode, signal, stderr }) => ({ code: exitCode, signal, stderr })),
      kill: (signal) => void child.kill(signal),
    };
  },

  connect: (path) =>
    new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('connect', () => {
        socket.off('error', reject);
        // Until somebody listens, a loss must not end the process; 'close' tells of it.
        socket.on('error', () => undefined);
        resolve(socket);
      });
      socket.once('error', reject);
    }),
};

function closeOutput({ stdout, stderr }: { stdout: Readable; stderr: Readable }): void {
  stdout.destroy();
  stderr.destroy();
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
