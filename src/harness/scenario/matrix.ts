import { UserError } from '../../base/errors.ts';
import type { Arm, Level } from '../results/schema.ts';
import { levelsSchema, type FactorName, type Levels } from './levels.ts';
import type { Scenario } from './schema.ts';

/** Combinations of levels that one scenario may have, excluded ones included. */
export const mostCombinations = 10_000;

export interface ExpandedArm {
  /** Only the crossed factors, in the scenario's order. */
  arm: Arm;
  /** All of them, held ones and defaults filled in. `storage` is empty where none is defined. */
  levels: Levels;
}

export interface Matrix {
  /** Crossed factors with their levels, in the scenario's order. */
  factors: Record<string, Level[]>;
  /** Every combination that is not excluded; the last factor varies fastest, the first arm is the baseline. */
  arms: ExpandedArm[];
}

/**
 * All arms of a scenario.
 * @throws UserError if they are too many, or if all of them are excluded
 */
export function expandArms(scenario: Scenario): Matrix {
  const combinations = countCombinations(scenario);
  if (combinations > mostCombinations) throw new UserError(tooManyCombinations(combinations));
  const matrix = crossArms(scenario);
  if (matrix.arms.length === 0) throw new UserError(nothingLeft);
  return matrix;
}

/** The same without the promise that there is an arm, for scenarios of few enough combinations. */
export function crossArms(scenario: Scenario): Matrix {
  const factors = crossedFactors(scenario);
  const held = completeLevels(scenario);
  const arms = combine(Object.entries(factors))
    .map((arm) => ({ arm, levels: { ...held, ...arm } }))
    .filter(({ levels }) => !scenario.exclude.some((excluded) => isPart(excluded, levels)));
  return { factors, arms };
}

export const nothingLeft = {
  message: 'exclude: expected to leave at least one arm, got none',
  remedy: 'remove an entry of exclude, or add a level to factors',
};

export function tooManyCombinations(combinations: number) {
  return {
    message: `factors: expected at most ${mostCombinations} combinations of levels, got ${combinations}`,
    remedy: 'cross fewer levels, or hold a factor in fixed',
  };
}

export function countCombinations(scenario: Scenario): number {
  return Object.values(crossedFactors(scenario)).reduce((all, { length }) => all * length, 1);
}

/** The factors of a scenario that are crossed, in its order. */
export function crossedFactors({ factors }: Scenario): Record<string, Level[]> {
  const crossed = Object.entries(factors).filter(([, levels]) => levels !== undefined);
  return Object.fromEntries(crossed) as Record<string, Level[]>;
}

/** What an arm has where no factor is crossed: held levels, then defaults. */
export function completeLevels({ fixed, storages }: Scenario): Levels {
  const [storage = ''] = Object.keys(storages);
  return { ...levelsSchema.parse({}), storage, ...fixed } as Levels;
}

function combine(factors: readonly (readonly [string, readonly Level[]])[]): Arm[] {
  let arms: Arm[] = [{}];
  for (const [name, levels] of factors) {
    arms = arms.flatMap((arm) => levels.map((level) => ({ ...arm, [name]: level })));
  }
  return arms;
}

function isPart(some: Scenario['exclude'][number], levels: Levels): boolean {
  return Object.entries(some).every(([name, level]) => levels[name as FactorName] === level);
}
