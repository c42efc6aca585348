import { formatBytes } from '../../../base/units.ts';
import type { StorageTarget } from '../storage.ts';
import type { FileSystemUse, TargetUse } from './df.ts';
import type { FoundLayout } from './getstripe.ts';
import type { TargetState } from './targets.ts';

/** What new files of a directory may use. */
export interface UsableSpace {
  targets: StorageTarget[];
  /** Targets over which one file is striped. */
  stripes: number;
}

/**
 * Targets of the last component: that is where a guest's disk, large as it is, mostly lies.
 * @param members targets of a pool; undefined where they are not known
 */
export function usableSpace(
  layout: FoundLayout,
  { targets }: FileSystemUse,
  members: (pool: string) => readonly string[] | undefined,
): UsableSpace {
  const last = layout.at(-1) ?? layout[0];
  const pool = last.pool === undefined ? undefined : members(last.pool);
  const usable = targets.filter(
    ({ kind, name, flags }) =>
      kind === 'OST' && !/[RN]/.test(flags) && (pool === undefined || pool.includes(name)),
  );
  const count = last.stripeCount === 'all' ? usable.length : last.stripeCount;
  return {
    targets: usable.map(({ name, free }) => ({ name, free })),
    stripes: Math.max(1, Math.min(count, usable.length)),
  };
}

const flagMeanings: Readonly<Record<string, string>> = {
  D: 'is degraded',
  R: 'is read-only: new files do not use it',
  N: 'takes no new objects',
  S: 'is out of space',
  I: 'is out of inodes',
};

/** Below this share of its size a target is nearly full. */
const nearlyFull = 0.05;

/** What is wrong with targets, a sentence each. */
export function targetWarnings(
  use: FileSystemUse,
  states: readonly TargetState[],
  known: boolean,
): string[] {
  const inactive = new Map(use.unreachable.map(({ name, why }) => [name, why]));
  for (const { name, active } of states) {
    if (!active && !inactive.has(name)) inactive.set(name, 'inactive');
  }
  return [
    ...(known ? [] : ['lfs df shows no targets: which of them are full is not known']),
    ...[...inactive].map(([name, why]) =>
      why.includes('inactive')
        ? `${name} is inactive: new files do not use it, files that lie on it cannot be read`
        : `${name} does not answer: ${why}`,
    ),
    ...use.targets.flatMap((target) => flagWarnings(target)),
  ];
}

function flagWarnings({ name, flags, free, total, kind }: TargetUse): string[] {
  const states = Object.entries(flagMeanings).flatMap(([flag, meaning]) =>
    flags.includes(flag) ? [meaning] : [],
  );
  const full = kind === 'OST' && free < total * nearlyFull && !flags.includes('S');
  return [
    ...states.map((state) => `${name} ${state}`),
    ...(full ? [`${name} is nearly full: ${formatBytes(free)} of ${formatBytes(total)} free`] : []),
  ];
}
