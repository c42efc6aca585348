import type { Arm, Level, Run, Trial } from '../../results/schema.ts';
import { systemFactor } from '../../results/provenance.ts';
import type { Series } from '../series.ts';

/** What an imported system is called in tables and pictures. */
export function shownSystem(name: string): string {
  return `${name} (imported)`;
}

/** Whether the figures of an arm were imported. */
export function isImportedArm({ imported = {} }: Pick<Run, 'imported'>, arm: Arm): boolean {
  return Object.hasOwn(imported, String(arm[systemFactor]));
}

/** Whether nothing of the run was measured or simulated here. */
export function isImported(run: Pick<Run, 'imported' | 'arms'>): boolean {
  return run.imported !== undefined && run.arms.every((arm) => isImportedArm(run, arm));
}

/** The system of the run itself: that of its first arm; undefined where nothing was joined to it. */
function ownSystem({ arms }: Pick<Run, 'arms'>): Level | undefined {
  return arms[0]?.[systemFactor];
}

/** Whether an arm is of the run itself and was not joined to it. */
export function isOwn(run: Pick<Run, 'arms'>, arm: Arm): boolean {
  return arm[systemFactor] === ownSystem(run);
}

interface Part<T extends Series> {
  run: Run;
  trials: readonly Trial[];
  series: readonly T[];
}

/**
 * The run without what was joined to it, whose trials have no place in its order and its blocks. Arms
 * keep their numbers: those of the run come first.
 */
export function ownPart<T extends Series, P extends Part<T>>(part: P): P {
  const { run, trials, series } = part;
  const count = run.arms.filter((arm) => isOwn(run, arm)).length;
  if (count === run.arms.length) return part;
  const { imported = {}, ...rest } = run;
  const ours = Object.entries(imported).filter(([name]) => name === ownSystem(run));
  return {
    ...part,
    run: {
      ...rest,
      arms: run.arms.slice(0, count),
      factors: ownFactors(run),
      ...(ours.length > 0 && { imported: Object.fromEntries(ours) }),
    },
    trials: trials.filter(({ arm }) => isOwn(run, arm)),
    series: series.map((one) => ({ ...one, arms: one.arms.slice(0, count) })),
  };
}

/** The factors with the levels that the arms of the run itself have. */
function ownFactors(run: Run): Run['factors'] {
  const own = run.arms.filter((arm) => isOwn(run, arm));
  return Object.fromEntries(
    Object.entries(run.factors)
      .map(([factor, levels]): [string, Level[]] => [
        factor,
        levels.filter((level) => own.some((arm) => arm[factor] === level)),
      ])
      .filter(([, levels]) => levels.length > 0),
  );
}
