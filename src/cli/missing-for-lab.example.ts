import { spawnSync } from 'node:child_process';

/**
 * What keeps a lab test from running here: programs that are not there, root. Empty if nothing does.
 * @throws Error in CI, where no such test may skip itself
 */
export function missingForLab(programs: readonly string[]): string[] {
  const missing = [
    ...programs.filter((program) => spawnSync(program, ['-V']).error !== undefined),
    ...(process.getuid?.() === 0 ? [] : ['root']),
  ];
  if (missing.length > 0 && process.env.CI === 'true')
    throw new Error(`missing: ${missing.join(', ')}`);
  return missing;
}
