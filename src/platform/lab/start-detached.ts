import type { Argv, RunOptions, Shell } from '../remote/shell.ts';

/**
 * Starts a program that stays when we end, in a session of its own; what it says goes to a file.
 * @throws CommandError if it could not be forked; what becomes of it only the file tells
 */
export async function startDetached(
  shell: Pick<Shell, 'run'>,
  argv: Argv,
  log: string,
  options: RunOptions,
): Promise<void> {
  const script = 'log=$1; shift; exec setsid --fork "$@" > "$log" 2>&1 < /dev/null';
  await shell.run(['bash', '--norc', '-c', script, 'start', log, ...argv], options);
}
