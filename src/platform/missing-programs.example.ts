import { spawnSync } from 'node:child_process';

/**
 * Programs that a test needs and that are not here. Empty if all are.
 * @param others what else keeps it from running
 * @throws Error in CI, where no such test may skip itself
 */
export function missingPrograms(
  programs: readonly string[],
  others: readonly string[] = [],
): string[] {
  const missing = [
    ...programs.filter((program) => spawnSync(program, ['--version']).error !== undefined),
    ...others,
  ];
  if (missing.length > 0 && process.env.CI === 'true') {
    throw new Error(`missing: ${missing.join(', ')}`);
  }
  return missing;
}
