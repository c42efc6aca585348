import { UserError } from '../../base/errors.ts';
import { localShell } from '../remote/local.ts';
import { CommandError } from '../remote/shell.ts';

/** Seconds for a command of the user's: some fence agents wait for what they have done. */
const patience = 300;

/**
 * Runs a command line of the inventory on this machine.
 * @param key under which it stands there
 * @throws UserError with its last words
 */
export async function userCommand(
  name: string,
  key: 'powerOff' | 'powerOn' | 'reset',
  line: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await localShell.run(['sh', '-c', line], { timeout: patience, ...(signal && { signal }) });
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    const said = cause.stderr.trim().split('\n').slice(-3).join('; ');
    const how = cause.code === undefined ? 'did not end well' : `ended with code ${cause.code}`;
    throw new UserError(
      { where: name, message: `${key}: ${line} ${how}${said === '' ? '' : ` (${said})`}` },
      { cause },
    );
  }
}
