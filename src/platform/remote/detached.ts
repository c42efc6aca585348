import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { livingProcess } from '../ledger/living-process.ts';
import { CommandError, type Argv, type Ended, type Process, type RunOptions } from './shell.ts';

/** Milliseconds between two looks at a process that is not a child of ours, and at one that we end. */
const look = 200;
const lookWhileEnding = 5;
/** Bytes of the last words of a program. */
const words = 4000;

/**
 * Starts a program of this machine that goes on when we end, in a session of its own. What it says on
 * stderr goes to a file.
 * @throws CommandError if it cannot start
 */
export async function startDetached(
  argv: Argv,
  log: string,
  { env }: Pick<RunOptions, 'env'> = {},
): Promise<Process> {
  const [file, ...args] = argv;
  const said = openSync(log, 'w', 0o600);
  try {
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'ignore', said],
      env: { ...process.env, ...env },
    });
    const exited = new Promise<Ended>((resolve) => {
      child.once('exit', (code, signal) => {
        const how = { code: code ?? undefined, signal: signal ?? undefined };
        resolve({ ...how, stderr: lastWords(log) });
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve).once('error', (cause) => {
        reject(new CommandError('localhost', argv, `did not start (${cause.message})`));
      });
    });
    child.unref();
    return { pid: child.pid ?? 0, exited, kill: (signal) => void child.kill(signal) };
  } finally {
    closeSync(said);
  }
}

/**
 * A process of this machine that somebody else has started; undefined if it is none any more.
 * @param start as `livingProcess` told it: another process may have the number by now
 */
export function runningProcess(pid: number, start: string, log: string): Process | undefined {
  const lives = () => livingProcess(pid)?.start === start;
  if (!lives()) return undefined;
  let lookEvery: (milliseconds: number) => void = () => undefined;
  const exited = new Promise<Ended>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    lookEvery = (milliseconds) => {
      clearInterval(timer);
      timer = setInterval(() => {
        if (lives()) return;
        clearInterval(timer);
        resolve({ code: undefined, signal: undefined, stderr: lastWords(log) });
      }, milliseconds).unref();
    };
    lookEvery(look);
  });
  return {
    pid,
    exited,
    kill(signal) {
      if (!lives()) return;
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
      lookEvery(lookWhileEnding);
    },
  };
}

function lastWords(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-words);
  } catch {
    return '';
  }
}
