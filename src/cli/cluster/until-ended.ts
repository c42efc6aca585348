import { exitCodes } from '../exit-codes.ts';
import { withInterruption } from '../interruption.ts';

/** Milliseconds; the most that a timer can do. */
const longest = 2 ** 31 - 1;

/** Runs something that SIGINT and SIGTERM end in order: that is how it is meant to end. */
export async function untilEnded(serve: (signal: AbortSignal) => Promise<void>): Promise<void> {
  // What it waits for may be a guest, which holds no process: without this that would end, and say nothing.
  const hold = setInterval(() => undefined, longest);
  try {
    await withInterruption(serve);
    process.exitCode = exitCodes.good;
  } finally {
    clearInterval(hold);
  }
}
