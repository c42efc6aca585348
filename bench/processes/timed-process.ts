import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs Node with these arguments to its end.
 * @returns seconds from before it is started until it has ended
 * @throws Error with the end of its stderr if it fails
 */
export async function timedNode(
  args: readonly string[],
  { signal, env = {} }: { signal: AbortSignal; env?: Readonly<Record<string, string>> },
): Promise<number> {
  signal.throwIfAborted();
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  // Not ended at once: it shall tear down what it has made.
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  let end = '';
  child.stderr.on('data', (chunk: Buffer) => (end = (end + chunk.toString()).slice(-2000)));
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const [code, killedBy] = await ended;
  const seconds = (performance.now() - start) / 1000;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code === 0) return seconds;
  const how = code === null ? `was ended by ${killedBy ?? 'a signal'}` : `ended with code ${code}`;
  throw new Error(`node ${args.join(' ')} ${how}: ${end.trim().split('\n').slice(-3).join('\n')}`);
}
