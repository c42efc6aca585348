import { CommandError, type Output } from './shell.ts';

/** How a program ended. */
export interface Ending extends Output {
  code: number;
}

/**
 * A program that fails says so by its code, as one in a guest does.
 * @throws CommandError if it could not be run, or took too long
 */
export async function outputOf(running: Promise<Output>): Promise<Ending> {
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    if (!(error instanceof CommandError) || error.code === undefined) throw error;
    return { code: error.code, stdout: '', stderr: error.stderr };
  }
}
