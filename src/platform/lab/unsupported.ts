import { UserError } from '../../base/errors.ts';
import { CommandError } from '../remote/shell.ts';

const needed = {
  '--link-rate': 'modprobe sch_tbf',
  '--disk-rate': 'blkio in /sys/fs/cgroup, or "io" in /sys/fs/cgroup/cgroup.subtree_control',
};

/** @throws UserError that says what the kernel lacks for an option */
export async function orUnsupported<T>(
  option: keyof typeof needed,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      {
        message: `${option}: expected a kernel that can cap it, got: ${error.stderr.trim()}`,
        remedy: `Leave out ${option}, or make the kernel able: ${needed[option]}.`,
      },
      { cause: error },
    );
  }
}
