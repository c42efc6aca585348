import { exitCodes } from './exit-codes.ts';

/** Raised by SIGINT or SIGTERM, or when the terminal is gone. */
export class Interrupted extends Error {}

/**
 * Does something with a signal that SIGINT and SIGTERM abort: with `Interrupted`; SIGHUP as well, where the
 * output is a terminal: for `nohup` and services a hangup means nothing.
 */
export async function withInterruption<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Interrupted());
  // Not once: where no listener is left, execa ends the process at once, without teardown.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const hangUp = () => {
    if (process.stdout.isTTY) interrupt();
  };
  process.on('SIGHUP', hangUp);
  try {
    return await act(stop.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', hangUp);
  }
}

/**
 * Does something that SIGINT and SIGTERM end in order; then says so and gives that exit code.
 * @param torn what is true after an interruption, for the message
 */
export async function untilInterrupted(
  act: (signal: AbortSignal) => Promise<number>,
  torn: string,
): Promise<number> {
  try {
    return await withInterruption(act);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    console.error(`interrupted; ${torn}`);
    return exitCodes.interrupted;
  }
}
