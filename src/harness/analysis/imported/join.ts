import { UserError } from '../../../base/errors.ts';
import { systemFactor } from '../../results/provenance.ts';
import type { SampleColumns } from '../../results/sample-columns.ts';
import type { Arm, Level, Run, Trial } from '../../results/schema.ts';
import { shownSystem } from './systems.ts';

/** A run with its trials and samples. */
export interface RunRecord {
  run: Run;
  trials: readonly Trial[];
  groups: readonly SampleColumns[];
}

/**
 * Puts imported runs beside a run: a factor `system` tells them apart, `measured here` first. Levels
 * that an import declares and the run held fixed are compared with what it held; levels that an import
 * does not declare stay open.
 */
export function joinImported(own: RunRecord, others: readonly RunRecord[]): RunRecord {
  requireImports(own.run, others);
  const all = [own, ...others].map(withShownSystems);
  const [first, ...rest] = all as [RunRecord, ...RunRecord[]];
  const kept = keptFactors(first, rest);
  const here = held(first.run);
  const armOf = (arm: Arm, isOwn: boolean): Arm =>
    Object.fromEntries(
      kept.flatMap((factor): [string, Level][] => {
        const level = arm[factor] ?? (isOwn ? here[factor] : undefined);
        return level === undefined ? [] : [[factor, level]];
      }),
    );
  let trialsBefore = 0;
  let blocksBefore = 0;
  const parts = all.map(({ run, trials, groups }, index) => {
    const renamed = (arm: Arm) => armOf(arm, index === 0);
    const [firstTrial, firstBlock] = [trialsBefore, blocksBefore];
    for (const { trial, block } of trials) {
      trialsBefore = Math.max(trialsBefore, firstTrial + trial + 1);
      blocksBefore = Math.max(blocksBefore, firstBlock + block + 1);
    }
    return {
      run,
      arms: run.arms.map(renamed),
      trials: trials.map((trial): Trial => ({
        ...trial,
        arm: renamed(trial.arm),
        trial: trial.trial + firstTrial,
        block: trial.block + firstBlock,
      })),
      groups: groups.map((group) => group.withArm(renamed(group.labels.arm), firstTrial)),
    };
  });
  const arms = parts.flatMap((part) => part.arms);
  const factors = Object.fromEntries(kept.map((factor) => [factor, levelsOf(arms, factor)]));
  const imported = Object.assign(
    {},
    ...parts.map(({ run }) => run.imported ?? {}),
  ) as Run['imported'];
  const metrics = Object.assign({}, ...parts.map(({ run }) => run.metrics)) as Run['metrics'];
  return {
    run: { ...first.run, arms, factors, metrics: { ...first.run.metrics, ...metrics }, imported },
    trials: parts.flatMap(({ trials }) => trials),
    groups: parts.flatMap(({ groups }) => groups),
  };
}

/** The same run, with `(imported)` in the name of every system that was, wherever a level names it. */
export function withShownSystems({ run, trials, groups }: RunRecord): RunRecord {
  const { imported } = run;
  if (imported === undefined) return { run, trials, groups };
  const renamed = (arm: Arm): Arm => {
    const name = String(arm[systemFactor]);
    return Object.hasOwn(imported, name) ? { ...arm, [systemFactor]: shownSystem(name) } : arm;
  };
  const arms = run.arms.map(renamed);
  return {
    run: {
      ...run,
      arms,
      factors: { ...run.factors, [systemFactor]: levelsOf(arms, systemFactor) },
      imported: Object.fromEntries(
        Object.entries(imported).map(([name, about]) => [
          shownSystem(name),
          { ...about, run: run.id },
        ]),
      ),
    },
    trials: trials.map((trial) => ({ ...trial, arm: renamed(trial.arm) })),
    groups: groups.map((group) => group.withArm(renamed(group.labels.arm))),
  };
}

/** Those of the run, and those of the imports that tell any two arms apart. */
function keptFactors(own: RunRecord, others: readonly RunRecord[]): string[] {
  const known = Object.keys(own.run.factors).filter((factor) => factor !== systemFactor);
  const here = held(own.run);
  const further = new Set(others.flatMap(({ run }) => Object.keys(run.factors)));
  const added = [...further].filter((factor) => {
    if (factor === systemFactor || known.includes(factor)) return false;
    const arms = others.flatMap(({ run }) => run.arms);
    return arms.some((arm) => arm[factor] !== here[factor]);
  });
  return [systemFactor, ...known, ...added];
}

/** The level of every factor that the run held fixed, and what its system is called. */
function held({ scenario, arms }: Run): Record<string, Level | undefined> {
  const { fixed } = scenario;
  const levels = typeof fixed === 'object' && fixed !== null ? Object.entries(fixed) : [];
  const measure: object = (scenario['measure'] as object | undefined) ?? {};
  return {
    ...Object.fromEntries(
      levels.filter(([, level]) => ['string', 'number', 'boolean'].includes(typeof level)),
    ),
    [systemFactor]:
      arms[0]?.[systemFactor] ?? ('simulation' in measure ? 'simulated here' : 'measured here'),
  };
}

function levelsOf(arms: readonly Arm[], factor: string): Level[] {
  const levels = arms.flatMap((arm) => arm[factor] ?? []);
  return [...new Set(levels)];
}

function requireImports(own: Run, others: readonly RunRecord[]) {
  const seen = new Set(Object.keys(own.imported ?? {}));
  for (const { run } of others) {
    if (run.imported === undefined) {
      throw new UserError({
        where: '--with',
        message: `expected runs made by virtgauge import, got ${run.id}, which was measured here`,
      });
    }
    for (const name of Object.keys(run.imported)) {
      if (seen.has(name)) {
        throw new UserError({
          where: '--with',
          message: `expected systems of different names, got ${name} twice`,
          remedy: 'Import one of them again under another name (--as).',
        });
      }
      seen.add(name);
    }
  }
}
