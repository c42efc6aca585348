import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import { CommandError, type Argv, type Shell } from '../remote/shell.ts';

/** `vg-guest` runs inside guests, `vg-host` on hosts. */
export type ProgramName = 'vg-guest' | 'vg-host';

/** Seconds; it takes two on a machine of 2020. */
const compilerTimeout = 300;

/** The folders in which the sources of a program stand, for dist/ as well. */
export function programSources(program: ProgramName): string[] {
  return ['shared', program].map((folder) => join(packageRoot, 'src/platform/programs', folder));
}

/**
 * Compiles a program: one static file that needs nothing of where it runs.
 * @param shell of this machine: the sources stand here
 * @throws UserError if there is no compiler or no static C library
 */
export async function compileProgram(
  program: ProgramName,
  outputPath: string,
  shell: Shell,
): Promise<void> {
  try {
    await shell.run(await compilerCommand(program, outputPath), { timeout: compilerTimeout });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      {
        message: `expected gcc to compile ${program}, got: ${error.message}`,
        where: programSources(program).at(-1) ?? program,
        remedy: 'On Debian and Ubuntu: sudo apt-get install gcc libc6-dev',
      },
      { cause: error },
    );
  }
}

/** The compiler's command line; what a test adds goes last. */
export async function compilerCommand(
  program: ProgramName,
  outputPath: string,
  ...added: readonly string[]
): Promise<Argv> {
  const files = await Promise.all(
    programSources(program).map(async (folder) => {
      const names = await readdir(folder);
      return names.filter((name) => name.endsWith('.c')).map((name) => join(folder, name));
    }),
  );
  // prettier-ignore
  return [
    'gcc', '-std=c11', '-D_GNU_SOURCE', '-O2', '-static', '-s', '-Wall', '-Wextra',
    '-o', outputPath,
    ...files.flat().sort(),
    ...added,
  ];
}
