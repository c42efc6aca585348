import { exitCodes } from '../exit-codes.ts';
import { Interrupted } from '../interruption.ts';

/** Runs something that SIGINT and SIGTERM end in order: that is how it is meant to end. */
export async function untilEnded(serve: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort(new Interrupted());
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    await serve(stop.signal);
    process.exitCode = exitCodes.good;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
