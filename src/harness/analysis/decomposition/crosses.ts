import type { Arm, Level, Run } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';

/** Four arms that differ in how the disk is made and where it lies, in nothing else. */
export interface Cross {
  /** The storages, by name. */
  base: Level;
  other: Level;
  /** Levels of the other factors. */
  rest: Arm;
  /** Indices of the arms, in the order of `crossArms`. */
  arms: readonly [number, number, number, number];
}

/** The arms of a cross. */
export const crossArms = [
  'copy on base',
  'clone on base',
  'copy on other',
  'clone on other',
] as const;

/**
 * All crosses of full copy and clone with the first storage and each other one, for every combination
 * of the other levels. Combinations that lack one of the four arms are left out.
 */
export function crossesOf({ arms, factors }: Pick<Run, 'arms' | 'factors'>): Cross[] {
  const [base, ...others] = factors['storage'] ?? [];
  const provisioning = factors['provisioning'] ?? [];
  if (base === undefined || !['copy', 'clone'].every((level) => provisioning.includes(level))) {
    return [];
  }
  const index = armIndex(arms);
  return others.flatMap((other) =>
    arms.flatMap((arm) => {
      if (arm['storage'] !== base || arm['provisioning'] !== 'copy') return [];
      const [a, b, c, d] = [base, other].flatMap((storage) =>
        ['copy', 'clone'].map((level) =>
          index.get(armKey({ ...arm, storage, provisioning: level })),
        ),
      );
      if (a === undefined || b === undefined || c === undefined || d === undefined) return [];
      const rest = Object.fromEntries(
        Object.entries(arm).filter(([name]) => name !== 'storage' && name !== 'provisioning'),
      );
      return [{ base, other, rest, arms: [a, b, c, d] as const }];
    }),
  );
}
