import type { Level } from '../../results/schema.ts';
import { levelSchemas, type FactorName } from '../levels.ts';

/** The level that a word names: as it is printed, or as a scenario may write it (`256MiB`). */
export function levelNamed(
  factor: string,
  word: string,
  levels: readonly Level[],
): Level | undefined {
  const printed = levels.find((level) => String(level) === word);
  if (printed !== undefined || !Object.hasOwn(levelSchemas, factor)) return printed;
  const parsed = levelSchemas[factor as FactorName].safeParse(word);
  return parsed.success ? levels.find((level) => level === parsed.data) : undefined;
}
