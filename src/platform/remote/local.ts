import { connect } from 'node:net';
import { execa } from 'execa';
import {
  CommandError,
  type Argv,
  type Output,
  type Process,
  type RunOptions,
  type Shell,
} from './shell.ts';

/** This machine. */
export const localShell: Shell = {
  host: 'localhost',

  async run(
    [file, ...args]: Argv,
    { env, input, cwd, timeout, signal }: RunOptions = {},
  ): Promise<Output> {
    const result = await execa(file, args, {
      reject: false,
      stripFinalNewline: false,
      ...(env && { env }),
      ...(input !== undefined && { input }),
      ...(cwd !== undefined && { cwd }),
      ...(timeout !== undefined && { timeout: timeout * 1000 }),
      ...(signal && { cancelSignal: signal }),
    });
    const { stdout, stderr, exitCode: code } = result;
    if (!result.failed) return { stdout, stderr };
    signal?.throwIfAborted();
    const how = result.timedOut
      ? `did not end within ${timeout} s`
      : code === undefined
        ? `did not run (${result.shortMessage})`
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
      const { shortMessage } = await child;
      throw new CommandError(localShell.host, [file, ...args], `did not start (${shortMessage})`);
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
        resolve(socket);
      });
      socket.once('error', reject);
    }),
};
