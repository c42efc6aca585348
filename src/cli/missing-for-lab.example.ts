import { missingPrograms } from '../platform/missing-programs.example.ts';

/**
 * What keeps a lab test from running here: programs that are not there, root. Empty if nothing does.
 * @throws Error in CI, where no such test may skip itself
 */
export function missingForLab(programs: readonly string[]): string[] {
  return missingPrograms(programs, process.getuid?.() === 0 ? [] : ['root']);
}
