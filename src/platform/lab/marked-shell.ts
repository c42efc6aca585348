import { markEnvironment } from '../ledger/kinds/marked-processes.ts';
import type { Shell } from '../remote/shell.ts';

/**
 * A shell whose commands carry a mark: what they do not finish, because we were killed, is found
 * and ended before anything else is removed.
 */
export function markedShell(shell: Shell, mark: string): Shell {
  return {
    ...shell,
    run: (argv, options) =>
      shell.run(argv, { ...options, env: { ...options?.env, ...markEnvironment(mark) } }),
  };
}
