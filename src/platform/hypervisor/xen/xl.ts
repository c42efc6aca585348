import { CommandError, type Argv, type RunOptions, type Shell } from '../../remote/shell.ts';

/** Seconds for a question; a busy or emulated dom0 may take some. */
const answerLimit = 30;

/** Seconds for what runs hotplug scripts, which wait for each other. */
export const deviceLimit = 60;

/** What xl says is read: it shall not be translated, nor its numbers. */
export const plainLanguage = { LC_ALL: 'C' };

/**
 * Runs a command of xl and gives what it printed.
 * @throws CommandError with xl's own words; also where it takes too long (30 s by default)
 */
export async function xl(
  shell: Shell,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const argv: Argv = ['xl', ...args];
  const { stdout, stderr } = await shell.run(argv, {
    timeout: answerLimit,
    ...options,
    env: { ...plainLanguage, ...options.env },
  });
  // `xl pause` and others end with code 0 although nothing was done.
  if (failed.test(stderr)) throw new CommandError(shell.host, argv, 'failed', { stderr });
  return stdout;
}

const failed = /^(libxl|xc): error: /m;

/** Whether xl says that there is no such domain. */
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof CommandError &&
    /does not exist|is an invalid domain identifier|Non-exist[ae]nt domain|No such process/i.test(
      // Later ones also come when something else has failed and is cleaned away.
      error.stderr.trim().split('\n')[0] ?? '',
    )
  );
}

/**
 * What xl said of a failure, without where in its source it says so, and without the failures that
 * follow from the first; of something else, its message.
 */
export function xlWords(error: unknown): string {
  if (!(error instanceof CommandError)) return (error as Error).message;
  const lines = error.stderr
    .split('\n')
    .filter((line) => !/^(Parsing config|got a tsc mode|WARNING: )/.test(line))
    .map((line) =>
      line
        .replace(/^(libxl|xc): (error|warning): (panic: )?/, '')
        .replace(/^\w+\.c:\d+:(\w+:)?\s*/, '')
        .replace(/^(xg_\w+\.c:\d+:\s*)/, '')
        .replace(/: Internal error$/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !aftermath.test(line));
  return lines.length === 0 ? error.message : [...new Set(lines)].slice(0, 3).join('; ');
}

/** What follows when a domain that never was is cleaned away. */
const aftermath =
  /Non-existant domain|Unable to destroy guest|Destruction of domain failed|unable to get domain type|read failed: `\/libxl\/\d/;
