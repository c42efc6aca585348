import { CommandError, type Argv, type Shell } from '../../platform/remote/shell.ts';

/**
 * The version in what a program prints of itself: `QEMU emulator version 7.2.22 (Debian …)`,
 * `fio-3.33`, `BusyBox v1.35.0 (…)`, `mke2fs 1.47.0 (5-Feb-2023)`. Undefined if there is none.
 */
export function parseVersion(text: string): string | undefined {
  return /(?:^|[\s-])v?(\d+(?:\.\d+)+[\w.+~-]*)/.exec(text)?.[1];
}

/**
 * Asks programs for their versions, all at once; those that are not there, or print none, are left
 * out. Starts nothing for an empty list.
 * @param programs name in the results → what to run, such as `['qemu-img', '--version']`
 */
export async function programVersions(
  shell: Shell,
  programs: Readonly<Record<string, Argv>>,
): Promise<Record<string, string>> {
  const found = await Promise.all(
    Object.entries(programs).map(async ([name, argv]) => {
      const version = parseVersion(await printed(shell, argv));
      return version === undefined ? [] : [[name, version] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** Some print their version on the error stream. */
async function printed(shell: Shell, argv: Argv): Promise<string> {
  try {
    const { stdout, stderr } = await shell.run(argv, { timeout: 30 });
    return `${stdout}\n${stderr}`;
  } catch (error) {
    if (error instanceof CommandError) return '';
    throw error;
  }
}
