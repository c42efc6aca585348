import type { Arm, Level, Run } from '../results/schema.ts';
import { factorText } from './factor-texts.ts';

/** Equal for equal arms, whatever the order of their factors. */
export function armKey(arm: Arm): string {
  return JSON.stringify(Object.entries(arm).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Index of every arm of the run, by `armKey`. */
export function armIndex(arms: readonly Arm[]): ReadonlyMap<string, number> {
  return new Map(arms.map((arm, index) => [armKey(arm), index]));
}

/** A level as it stands in tables and pictures: `clone`, `4 guests`, `iothread`, `256 MiB memory`. */
export function levelText(factor: string, level: Level): string {
  const own = factorText(factor);
  if (own !== undefined) return own.text(level);
  if (typeof level === 'boolean') return level ? factor : `no ${factor}`;
  if (typeof level === 'number') {
    return `${level} ${level === 1 && factor.endsWith('s') ? factor.slice(0, -1) : factor}`;
  }
  return level;
}

/** A level with its preposition, for sentences: `on local`, `with clone`, `at 4 guests`. */
export function levelPhrase(factor: string, level: Level): string {
  if (factor === 'storage') return `on ${level}`;
  const own = factorText(factor);
  if (own !== undefined) return own.phrase(level);
  if (typeof level === 'number') return `at ${levelText(factor, level)}`;
  if (factor === 'provisioning' || typeof level === 'boolean') {
    return level === false ? `without ${factor}` : `with ${levelText(factor, level)}`;
  }
  return `with ${factor} ${level}`;
}

/** All levels of an arm: `local · clone · 4 guests`. */
export function armText(arm: Arm): string {
  const levels = Object.entries(arm).map(([factor, level]) => levelText(factor, level));
  return levels.length === 0 ? 'all trials' : levels.join(' · ');
}

/** Some levels of an arm in a sentence: `on local with clone at 4 guests`. */
export function armPhrase(arm: Arm, without?: string): string {
  return Object.entries(arm)
    .filter(([factor]) => factor !== without && !isImplied(factor, arm))
    .map(([factor, level]) => levelPhrase(factor, level))
    .join(' ');
}

/** `Xen PVH` says which hypervisor it is. */
function isImplied(factor: string, { accelerator }: Arm): boolean {
  return factor === 'hypervisor' && String(accelerator).startsWith('xen-');
}

/** Factors with at least two levels, in scenario order. */
export function crossedFactors(run: Pick<Run, 'factors'>): [string, Level[]][] {
  return Object.entries(run.factors).filter(([, levels]) => levels.length > 1);
}

/** A factor whose levels are all numbers can be an axis. */
export function isNumeric(levels: readonly Level[]): levels is number[] {
  return levels.every((level) => typeof level === 'number');
}

/** Arms that differ in one factor only: the one at its base level, and the one at another. */
export interface ArmPair {
  base: number;
  other: number;
}

/**
 * All pairs of arms that have `base` and `other` as levels of `factor` and agree in the rest. Each
 * hypervisor has accelerators of its own, so between accelerators the hypervisor may be another.
 */
export function matchedPairs(
  arms: readonly Arm[],
  factor: string,
  base: Level,
  other: Level,
): ArmPair[] {
  const index = armIndex(arms);
  return arms.flatMap((arm, at) => {
    if (arm[factor] !== base) return [];
    const partner =
      index.get(armKey({ ...arm, [factor]: other })) ??
      (factor === 'accelerator' ? elsewhere(arms, { ...arm, [factor]: other }) : undefined);
    return partner === undefined ? [] : [{ base: at, other: partner }];
  });
}

/** The only arm that agrees in all but the hypervisor; undefined where there is none, or several. */
function elsewhere(arms: readonly Arm[], wanted: Arm): number | undefined {
  if (wanted['hypervisor'] === undefined) return undefined;
  const key = (arm: Arm) => armKey({ ...arm, hypervisor: '' });
  const found = arms.flatMap((arm, at) => (key(arm) === key(wanted) ? [at] : []));
  return found.length === 1 ? found[0] : undefined;
}
