import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { packageRoot } from '../../../base/package-root.ts';
import { CommandError, type Argv, type Shell } from '../../remote/shell.ts';

/** Where the sources of the program that runs inside guests stand, for dist/ as well. */
export const guestProgramSources = join(packageRoot, 'src/platform/guest/programs/vg-guest');

/** Seconds; it takes two on a machine of 2020. */
const compilerTimeout = 300;

/**
 * Compiles the program that runs inside guests: one static file that needs nothing of the guest.
 * @param shell of this machine: the sources stand here
 * @throws UserError if there is no compiler or no static C library
 */
export async function compileGuestProgram(outputPath: string, shell: Shell): Promise<void> {
  try {
    await shell.run(await compilerCommand(outputPath), { timeout: compilerTimeout });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      {
        message: `expected gcc to compile the guest program, got: ${error.message}`,
        where: guestProgramSources,
        remedy: 'On Debian and Ubuntu: sudo apt-get install gcc libc6-dev',
      },
      { cause: error },
    );
  }
}

/** The compiler's command line; what a test adds goes last. */
export async function compilerCommand(
  outputPath: string,
  ...added: readonly string[]
): Promise<Argv> {
  const files = (await readdir(guestProgramSources)).filter((name) => name.endsWith('.c')).sort();
  // prettier-ignore
  return [
    'gcc', '-std=c11', '-D_GNU_SOURCE', '-O2', '-static', '-s', '-Wall', '-Wextra',
    '-o', outputPath,
    ...files.map((name) => join(guestProgramSources, name)),
    ...added,
  ];
}
