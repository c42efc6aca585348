import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

/** Arguments of Node for a program that `retainedMegabytes` is asked of; its `stdio` needs an `ipc`. */
export const retainedMemoryArguments: readonly string[] = [
  '--expose-gc',
  '--import',
  join(packageRoot, 'bench/processes/retained-memory.mjs'),
];

/** What such a program still holds once all garbage is collected, in MB: V8's heap, and buffers outside. */
export async function retainedMegabytes(program: ChildProcess, signal: AbortSignal) {
  const answer = once(program, 'message', { signal }) as Promise<[number]>;
  program.send('retained?');
  const [bytes] = await answer;
  return bytes / 1e6;
}
