import { localShell } from '../../remote/local.ts';
import { CommandError } from '../../remote/shell.ts';

/** Seconds for a file system to answer. */
const patience = 10;

/**
 * Looks, in a process of its own, whether a file system of this machine answers: whoever touches one
 * that does not, as when its server is gone, hangs with all that it does.
 * @throws Error if it does not
 */
export async function expectAnswer(
  path: string,
  seconds = patience,
  shell: Pick<typeof localShell, 'run'> = localShell,
): Promise<void> {
  try {
    await shell.run(['stat', '--', path], { timeout: seconds });
  } catch (error) {
    // That there is no such thing is an answer.
    if (error instanceof CommandError && error.code !== undefined) return;
    throw new Error(`its file system has not answered for ${seconds} s`, { cause: error });
  }
}
