import type { Shell } from '../../../remote/shell.ts';

/** Seconds for one look at a machine, which may be emulated and busy. */
const patience = 60;

/**
 * Runs a script on a machine that is inspected: it only looks, with whatever a small system has.
 * @returns what it printed
 * @throws CommandError if it fails
 */
export async function look(
  shell: Shell,
  script: string,
  { args = [], timeout = patience, signal }: LookOptions = {},
): Promise<string> {
  const path = 'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; export PATH\n';
  const { stdout } = await shell.run(['sh', '-c', path + script, 'look', ...args], {
    env: { LC_ALL: 'C' },
    timeout,
    ...(signal && { signal }),
  });
  return stdout;
}

interface LookOptions {
  /** `$1`, `$2`, … of the script. */
  args?: readonly string[];
  /** Seconds. */
  timeout?: number;
  signal?: AbortSignal | undefined;
}

/** Between the parts of what a script prints. */
export const separator = '\u001e';

/** In a script: what prints the separator. */
export const separate = "printf '\\036'";

/** The parts of what a script printed, without the white space around them. */
export function partsOf(text: string): string[] {
  return text.split(separator).map((part) => part.trim());
}
