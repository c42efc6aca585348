import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { execa } from 'execa';
import { onAbort } from './on-abort.ts';
import { endProcessTree, markVariable } from './process-tree.ts';
import {
  CommandError,
  type Argv,
  type Output,
  type PipedProcess,
  type Process,
  type RunOptions,
  type Shell,
} from './shell.ts';

/** For what a program that was ended has printed last. */
const graceMilliseconds = 100;
/** For a program to be gone after SIGKILL. */
const graceAfterKill = 2000;

/** This machine. */
export const localShell: Shell = {
  host: 'localhost',

  async run(
    [file, ...args]: Argv,
    { env, input, cwd, timeout, signal }: RunOptions = {},
  ): Promise<Output> {
    signal?.throwIfAborted();
    const mark = randomBytes(12).toString('hex');
    const child = execa(file, args, {
      reject: false,
      stripFinalNewline: false,
      env: { ...env, [markVariable]: mark },
      ...(input !== undefined && { input }),
      ...(cwd !== undefined && { cwd }),
      // Where a hangup does not end us it shall not end what we wait for.
      detached: !process.stdout.isTTY,
    });
    child.once('exit', (_code, endedBy) => {
      // What it has started may live on and hold its output open: that is not waited for.
      if (endedBy !== null) setTimeout(() => closeOutput(child), graceMilliseconds).unref();
    });
    const tree = { ending: undefined as Promise<void> | undefined, late: false };
    let giveUp: () => void = () => undefined;
    const givenUp = new Promise<undefined>((resolve) => (giveUp = () => resolve(undefined)));
    let last: NodeJS.Timeout | undefined;
    const end = () => {
      tree.ending ??= endProcessTree(`${markVariable}=${mark}`).then(() => {
        closeOutput(child);
        child.kill('SIGKILL');
        // One that waits for a storage without an answer may not even end then.
        if (child.exitCode === null && child.signalCode === null) {
          last = setTimeout(giveUp, graceAfterKill);
        }
      });
    };
    const onTimeout = () => {
      tree.late = true;
      end();
    };
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout * 1000);
    const stopListening = onAbort(signal, end);
    const result = await Promise.race([child, givenUp]);
    clearTimeout(timer);
    clearTimeout(last);
    stopListening();
    if (result === undefined) {
      child.unref();
      signal?.throwIfAborted();
      const how = `did not end within ${timeout} s, nor by SIGKILL`;
      throw new CommandError(localShell.host, [file, ...args], how);
    }
    if (result.isMaxBuffer) end();
    await tree.ending;
    const { stdout, stderr, exitCode: code } = result;
    if (!result.failed && tree.ending === undefined) return { stdout, stderr };
    signal?.throwIfAborted();
    const how = tree.late
      ? `did not end within ${timeout} s`
      : result.isMaxBuffer
        ? 'printed too much'
        : result.signal !== undefined
          ? `was ended by ${result.signal}`
          : code === undefined
            ? `did not run (${firstLine(result.originalMessage)})`
            : `ended with code ${code}`;
    throw new CommandError(localShell.host, [file, ...args], how, { code, stderr, stdout });
  },

  start: (argv, { env } = {}) => begin(argv, env, 'ignore'),

  open: (argv, { env } = {}) => begin(argv, env, 'pipe'),

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

  readFile: (path) => readFile(path).catch(failed(['read', path])),

  writeFile: (path, content) => writeFile(path, content).catch(failed(['write', path])),

  async upload(localPath, path) {
    const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
    try {
      await localShell.run(['cp', '--sparse=always', '--preserve=mode', '--', localPath, partial]);
      await rename(partial, path).catch(failed(['upload', localPath, path]));
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  },

  close: () => Promise.resolve(),
};

function begin(argv: Argv, env: RunOptions['env'], io: 'ignore'): Promise<Process>;
function begin(argv: Argv, env: RunOptions['env'], io: 'pipe'): Promise<PipedProcess>;
async function begin(
  [file, ...args]: Argv,
  env: RunOptions['env'],
  io: 'ignore' | 'pipe',
): Promise<Process> {
  // Not killed when we exit normally: whoever starts it enters it in the ledger and ends it. In a session
  // of its own, or a terminal that is closed, or Ctrl-C, would end it together with us.
  const child = execa(file, args, {
    reject: false,
    stdin: io,
    stdout: io,
    buffer: { stdout: false },
    cleanup: false,
    detached: true,
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
    ...(io === 'pipe' && { stdin: child.stdin, stdout: child.stdout && held(child.stdout) }),
  };
}

/**
 * What a program prints, for a reader that may come late: execa throws away what nobody reads at once.
 * Once that is destroyed the rest is thrown away here: a program whose output nobody takes never ends.
 */
function held(output: Readable): PassThrough {
  const reader = new PassThrough();
  reader.once('close', () => output.resume());
  return output.pipe(reader);
}

/** Node says what went wrong as `ENOENT: no such file or directory, open …`. */
function failed(argv: Argv): (cause: Error) => never {
  return (cause) => {
    const [, words = cause.message] =
      /^[A-Z]+: (.*?)(?:, \w+(?: '.*)?)?$/s.exec(cause.message) ?? [];
    throw new CommandError(localShell.host, argv, 'failed', { stderr: words }, { cause });
  };
}

function closeOutput({ stdout, stderr }: { stdout: Readable; stderr: Readable }): void {
  stdout.destroy();
  stderr.destroy();
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
