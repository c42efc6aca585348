import { UserError, type Problem } from '../../base/errors.ts';
import type { Level } from '../results/schema.ts';
import { didYouMean } from '../../base/yaml/closest.ts';
import { levelSchemas, type FactorName } from './levels.ts';
import type { Matrix } from './matrix.ts';
import { oneOf } from '../../base/yaml/one-of.ts';
import { escapeControls, show } from '../../base/yaml/printable.ts';

/**
 * Keeps the arms that have one of the named levels of every named factor:
 * `storage=local,guests=1|4`. Several filters must all hold. Factors keep the levels that are left.
 * @throws UserError for a factor that is not crossed, an unknown level, or if no arm is left
 */
export function filterArms({ factors, arms }: Matrix, filters: readonly string[]): Matrix {
  const problems: Problem[] = [];
  const conditions = filters.flatMap((filter) =>
    filter.split(separator).flatMap((text) => {
      const condition = readCondition(text, factors);
      if (!('message' in condition)) return [condition];
      problems.push({ ...condition, where: `--filter ${escapeControls(filter)}` });
      return [];
    }),
  );
  if (problems.length > 0) throw new UserError(problems);

  const left = arms.filter(({ arm }) =>
    conditions.every(({ factor, levels }) => levels.some((level) => level === arm[factor])),
  );
  if (left.length === 0) {
    throw new UserError({
      where: `--filter ${escapeControls(filters.join(' '))}`,
      message: `expected to keep at least one of ${arms.length} arms, got none`,
      remedy: 'these levels do not occur together: see `virtgauge plan`',
    });
  }
  const kept = Object.entries(factors).map(([factor, levels]): [string, Level[]] => [
    factor,
    levels.filter((level) => left.some(({ arm }) => arm[factor] === level)),
  ]);
  return { factors: Object.fromEntries(kept), arms: left };
}

/** A comma before the next `factor=`: levels such as CPU lists have commas of their own. */
const separator = /,(?=[A-Za-z]*=)/;

interface Condition {
  factor: string;
  levels: Level[];
}

function readCondition(text: string, factors: Matrix['factors']): Condition | Problem {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    return { message: `expected factor=level such as storage=local, got ${show(text)}` };
  }
  const factor = text.slice(0, equals).trim();
  const names = Object.keys(factors);
  const known = Object.hasOwn(factors, factor) ? factors[factor] : undefined;
  if (known === undefined) {
    const expected = names.length === 0 ? 'no filter: nothing is crossed' : oneOf(names);
    return unknown(`expected ${expected}, got ${show(factor)}`, didYouMean(factor, names));
  }
  const words = text.slice(equals + 1).split('|');
  const levels: Level[] = [];
  for (const word of words) {
    const level = known.find((candidate) => isNamed(candidate, word.trim(), factor));
    if (level === undefined) {
      const candidates = known.map(String);
      return unknown(
        `${factor}: expected ${oneOf(candidates)}, got ${show(word.trim())}`,
        didYouMean(word, candidates),
      );
    }
    levels.push(level);
  }
  return { factor, levels };
}

/** As it is printed, or as a scenario may write it: `memory=256MiB`. */
function isNamed(level: Level, word: string, factor: string): boolean {
  if (String(level) === word) return true;
  const parsed = levelSchemas[factor as FactorName].safeParse(word);
  return parsed.success && parsed.data === level;
}

function unknown(message: string, remedy: string | undefined): Problem {
  return { message, ...(remedy !== undefined && { remedy }) };
}
