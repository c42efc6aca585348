import { CommandError, type Shell } from '../../remote/shell.ts';

/** Seconds for a look at the host. */
const limit = { timeout: 10 };

/**
 * Whether a process is there. A zombie counts for nothing: it only waits for whoever started it.
 * @throws CommandError if the host does not answer
 */
export async function processExists(shell: Shell, pid: number): Promise<boolean> {
  try {
    const { stdout } = await shell.run(['cat', `/proc/${pid}/stat`], limit);
    return !/\) Z /.test(stdout);
  } catch (error) {
    if (error instanceof CommandError && error.code === 1) return false;
    throw error;
  }
}

/** The kernel tells which tap a process holds, whoever opened it. */
export async function tapOf(shell: Shell, pid: number): Promise<string | undefined> {
  try {
    const look = `cat /proc/${pid}/fdinfo/* 2>/dev/null | sed -n 's/^iff:[[:space:]]*//p'`;
    const { stdout } = await shell.run(['sh', '-c', look], limit);
    return stdout.trim().split('\n')[0] || undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
