import type { Problem } from '../../../base/errors.ts';
import { CommandError, type Shell } from '../../../platform/remote/shell.ts';

const limit = { timeout: 20 };

/** Exit codes from here on tell that a command could not be run, or was ended. */
const notItsOwn = 126;

/** What is wrong with a bridge that a host should have; undefined where it has it. */
export async function missingBridge(
  shell: Pick<Shell, 'run'>,
  name: string,
): Promise<Problem | undefined> {
  const expected = `expected a bridge called ${name}`;
  try {
    if (await isBridge(shell, name)) return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { message: `${expected}, cannot tell whether there is one: ${error.message}` };
  }
  return {
    message: `${expected}, found none`,
    remedy: `As root: ip link add ${name} type bridge && ip link set ${name} up`,
  };
}

/**
 * Not from /sys, which may show the interfaces of another namespace.
 * @throws CommandError if the host does not tell
 */
async function isBridge(shell: Pick<Shell, 'run'>, name: string): Promise<boolean> {
  try {
    const argv = ['ip', '-o', 'link', 'show', 'dev', name, 'type', 'bridge'] as const;
    return (await shell.run(argv, limit)).stdout.trim() !== '';
  } catch (error) {
    if (error instanceof CommandError && (error.code ?? notItsOwn) < notItsOwn) return false;
    throw error;
  }
}
