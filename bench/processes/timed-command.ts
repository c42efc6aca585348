import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface TimedCommand {
  /** From before it is started until it has ended. */
  seconds: number;
  stdout: string;
}

/**
 * Runs a program to its end.
 * @throws Error that says which Debian package has it, if it is not there, or with the end of its stderr
 */
export async function timedCommand(
  command: readonly [string, ...string[]],
  {
    signal,
    debianPackage,
    env = {},
  }: {
    signal: AbortSignal;
    debianPackage?: string;
    env?: Readonly<Record<string, string>>;
  },
): Promise<TimedCommand> {
  signal.throwIfAborted();
  const [program, ...args] = command;
  const start = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    signal,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
  let code: unknown;
  try {
    [code] = (await once(child, 'close')) as [number | null];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || !debianPackage) throw cause;
    throw new Error(`${program} is missing: apt-get install ${debianPackage}`, { cause });
  }
  const seconds = (performance.now() - start) / 1000;
  if (code === 0) return { seconds, stdout };
  throw new Error(`${command.join(' ')} ended with ${String(code)}: ${stderr.trim()}`);
}
