import { UserError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/yaml/closest.ts';
import type { Run } from '../../results/schema.ts';

/**
 * That a figure is looked at which no run has would be said by nothing else.
 * @throws UserError for names of metrics that no run declares
 */
export function requireMetrics(
  runs: readonly Pick<Run, 'metrics'>[],
  asked: readonly string[] | undefined,
): void {
  const known = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
  const problems = (asked ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => ({
      where: '--metric',
      message: `expected a metric that a run has, got "${name}"`,
      remedy: didYouMean(name, known) ?? `There are ${known.join(', ') || 'none'}.`,
    }));
  if (problems.length > 0) throw new UserError(problems);
}
