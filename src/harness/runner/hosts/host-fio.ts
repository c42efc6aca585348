import type { Problem } from '../../../base/errors.ts';
import { CommandError, type Shell } from '../../../platform/remote/shell.ts';
import type { Scenario } from '../../scenario/schema.ts';

/** Whether fio is to run on the guests' hosts, not only in the guests. */
export function needsHostFio({ measure }: Pick<Scenario, 'measure'>): boolean {
  return measure['guest-io']?.host === true;
}

/** fio's version on a host; undefined where it cannot be run. */
export async function fioVersion(shell: Shell): Promise<string | undefined> {
  try {
    const { stdout } = await shell.run(['fio', '--version']);
    return stdout.trim().replace(/^fio-/, '');
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** What a host lacks on which fio is to run. */
export async function missingFio(shell: Shell): Promise<Problem[]> {
  if ((await fioVersion(shell)) !== undefined) return [];
  return [
    {
      message: `measure.guest-io.host: expected fio on ${shell.host}, it cannot be run`,
      remedy: 'On Debian or Ubuntu: sudo apt-get install fio. Or leave host out.',
    },
  ];
}
