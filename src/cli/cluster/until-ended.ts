import { exitCodes } from '../exit-codes.ts';
import { Interrupted } from '../interruption.ts';

/** Milliseconds; the most that a timer can do. */
const longest = 2 ** 31 - 1;

/** Runs something that SIGINT and SIGTERM end in order: that is how it is meant to end. */
export async function untilEnded(serve: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort(new Interrupted());
  process.on('SIGINT', end).on('SIGTERM', end);
  // What it waits for may be a guest, which holds no process: without this that would end, and say nothing.
  const hold = setInterval(() => undefined, longest);
  try {
    await serve(stop.signal);
    process.exitCode = exitCodes.good;
  } finally {
    clearInterval(hold);
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
