import { once } from 'node:events';
import { endsWithin } from '../../../platform/ends-within.ts';
import { CommandError, type PipedProcess, type Shell } from '../../../platform/remote/shell.ts';
import { ask } from '../../../platform/storage/ask.ts';

/**
 * Whether an image that QEMU has open on one host is refused on the other. proven: it is. unseen: it
 * can be opened and written on both. impossible: QEMU cannot lock files there at all. unknown: it
 * could not be tried. `said` is what the tool said.
 */
export interface LockProof {
  outcome: 'proven' | 'unseen' | 'impossible' | 'unknown';
  said: string;
}

/** Seconds for an image to be opened. */
const patience = 20;
/** Seconds for a program to end when it has been told to. */
const grace = 5;

/**
 * Holds an image open on one host, by qemu-io, and tries to open it on the other. It is qcow2: QEMU
 * lets several write one raw file if they are tools such as this.
 * @param path of a file that may be made and is removed again; both see it
 * @param environment carried by the program that holds it
 */
export async function proveLocks(
  holder: Shell,
  other: Shell,
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<LockProof> {
  const made = await ask(holder, ['qemu-img', 'create', '-q', '-f', 'qcow2', path, '1M'], patience);
  try {
    if (!made.ok) return { outcome: isLock(made.text) ? 'impossible' : 'unknown', said: made.text };
    const held = await hold(holder, path, environment);
    if ('outcome' in held) return held;
    try {
      const tried = await ask(other, ['qemu-io', '-f', 'qcow2', '-c', 'quit', path], patience);
      if (tried.ok) return { outcome: 'unseen', said: '' };
      return { outcome: isLock(tried.text) ? 'proven' : 'unknown', said: tried.text };
    } finally {
      await release(held);
    }
  } finally {
    await ask(holder, ['rm', '-f', '--', path], patience);
  }
}

async function hold(
  shell: Shell,
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<PipedProcess | LockProof> {
  let process: PipedProcess;
  try {
    process = await shell.open(['qemu-io', '-f', 'qcow2', path], { env });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { outcome: 'unknown', said: error.message };
  }
  // Whoever goes away must not end us.
  process.stdin.on('error', () => undefined);
  // Commands are answered once it is open.
  const answered = once(process.stdout, 'data').then(() => 'answered' as const);
  const ended = process.exited.then(({ stderr }) => ({ stderr }));
  process.stdin.write('length\n');
  const first = Promise.race([answered.catch(() => ended), ended]);
  if (!(await endsWithin(patience, first))) {
    await release(process);
    return { outcome: 'unknown', said: `qemu-io did not open an image within ${patience} s` };
  }
  const came = await first;
  process.stdout.resume();
  if (came === 'answered') return process;
  const said = came.stderr.trim().split('\n')[0] ?? '';
  return { outcome: isLock(said) ? 'impossible' : 'unknown', said };
}

async function release(process: PipedProcess): Promise<void> {
  process.stdin.end('quit\n');
  if (await endsWithin(grace, process.exited)) return;
  process.kill('SIGKILL');
  await endsWithin(grace, process.exited);
}

/** QEMU's own words: `Failed to get shared "write" lock`, `Failed to lock byte 101`. */
function isLock(text: string): boolean {
  return /Failed to (get .*lock|lock byte)/i.test(text);
}
