import type { Arm, Run } from '../results/schema.ts';
import { armPhrase } from './arms.ts';
import type { Series } from './series.ts';

/** Why two arms must not be compared in this figure; undefined where they may. */
export function incomparable(
  run: Run,
  series: Series,
  base: number,
  other: number,
): string | undefined {
  const [first, second] = [run.arms[base] ?? {}, run.arms[other] ?? {}];
  if (differ(first, second, 'accelerator')) return 'the guests ran under different accelerators';
  if (differ(first, second, 'hypervisor') && run.environment.accelerator?.emulated === true) {
    return 'the guests were emulated, which says nothing about hypervisors';
  }
  for (const arm of [base, other]) {
    const trials = series.arms[arm] ?? [];
    if (trials.every(({ outcome }) => outcome !== 'completed')) {
      const where = armPhrase(run.arms[arm] ?? {});
      return `no trial ${where === '' ? '' : `${where} `}was completed`;
    }
    if (trials.some(({ value }) => value < 0 && value !== -Infinity)) {
      return 'there are negative values, of which a ratio says nothing';
    }
  }
  return undefined;
}

function differ(a: Arm, b: Arm, factor: string): boolean {
  return a[factor] !== b[factor];
}
