import { UserError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/yaml/closest.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import type { Arm, Level, Run } from '../../results/schema.ts';
import { levelNamed } from '../../scenario/claims/level-named.ts';
import { parseVersions } from '../../scenario/versions.ts';
import { armIndex, armKey, type ArmPair, crossedFactors, matchedPairs } from '../arms.ts';

/** Two versions by the levels of a run, of one factor or of several that change together. */
export interface RunVersions {
  before: Arm;
  now: Arm;
}

/**
 * @param asked see `parseVersions`
 * @throws UserError for a factor that the run does not cross, or an unknown level
 */
export function versionsOf(run: Pick<Run, 'factors'>, asked: readonly string[]): RunVersions {
  const parsed = parseVersions(asked);
  if ('factor' in parsed) {
    const [before, now] = levelsOf(run, asked, parsed.factor);
    if (before === undefined || now === undefined) throw new Error('a crossed factor has two');
    return { before: { [parsed.factor]: before }, now: { [parsed.factor]: now } };
  }
  const named = (version: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(version).map(([factor, word]) => {
        const levels = levelsOf(run, asked, factor);
        const level = levelNamed(factor, word, levels);
        if (level !== undefined) return [factor, level];
        throw new UserError({
          where: `--ab ${asked.join(' ')}`,
          message: `expected a level of ${factor} that the run has, ${oneOf(levels.map(String))}, got ${word}`,
          remedy: `Such as: --ab ${factor}=${levels.slice(0, 2).join(',')}`,
        });
      }),
    );
  return { before: named(parsed.before), now: named(parsed.now) };
}

/** Arms of the one version, each with the arm of the other that agrees in the rest. */
export function versionPairs(arms: readonly Arm[], { before, now }: RunVersions): ArmPair[] {
  const [first, ...others] = Object.entries(before);
  if (first !== undefined && others.length === 0) {
    const [factor, base] = first;
    return matchedPairs(arms, factor, base, now[factor] ?? '');
  }
  const index = armIndex(arms);
  return arms.flatMap((arm, at) => {
    if (Object.entries(before).some(([name, level]) => arm[name] !== level)) return [];
    const other = index.get(armKey({ ...arm, ...now }));
    return other === undefined ? [] : [{ base: at, other }];
  });
}

function levelsOf(run: Pick<Run, 'factors'>, asked: readonly string[], factor: string): Level[] {
  const crossed = new Map(crossedFactors(run));
  const levels = crossed.get(factor);
  if (levels !== undefined) return levels;
  const names = [...crossed.keys()];
  throw new UserError({
    where: `--ab ${asked.join(' ')}`,
    message: `expected ${names.length === 0 ? 'a run that crosses a factor' : oneOf(names)}, got ${JSON.stringify(factor)}`,
    remedy:
      didYouMean(factor, names) ??
      'Name a scenario instead of the run, and both versions are interleaved in a new one.',
  });
}
