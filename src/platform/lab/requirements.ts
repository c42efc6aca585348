import { UserError, type Problem } from '../../base/errors.ts';
import type { Shell } from '../remote/shell.ts';

/** A program and the Debian package that has it. */
export type Needed = readonly [program: string, debianPackage: string];

/** @throws UserError if this is an ordinary user; `why` is what needs root, in the plural */
export function requireRoot(why: string): void {
  if (process.getuid?.() === 0) return;
  throw new UserError({
    message: `lab: ${why} need root, this is an ordinary user`,
    remedy:
      'Run as root. Without root, scenarios with --hosts left out use two work folders of this machine.',
  });
}

/** @throws UserError with all programs that are missing here */
export async function requirePrograms(shell: Shell, needed: readonly Needed[]): Promise<void> {
  const found = await shell.run([
    'sh',
    '-c',
    'PATH=$PATH:/usr/sbin:/sbin; for p; do command -v "$p" >/dev/null && echo "$p"; done; true',
    'programs',
    ...needed.map(([program]) => program),
  ]);
  const there = new Set(found.stdout.split('\n'));
  const missing = needed.filter(([program]) => !there.has(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))].join(' ');
  throw new UserError(
    missing.map(([program], index): Problem => ({
      message: `lab: expected the program ${program}, found none`,
      ...(index === missing.length - 1 && {
        remedy: `On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packages}`,
      }),
    })),
  );
}
