import type { Arm, Run } from '../results/schema.ts';
import { acceleratorOf, acceleratorText, type ArmAccelerator } from './accelerators.ts';
import { armPhrase } from './arms.ts';
import { acrossSystems } from './imported/texts.ts';
import type { Series } from './series.ts';

/**
 * Why two arms must not be compared in this figure; undefined where they may.
 * @param failing whether all trials of the other may have failed: it is worse than any that did not
 */
export function incomparable(
  run: Run,
  series: Series,
  base: number,
  other: number,
  failing?: 'may-fail',
): string | undefined {
  const why = incomparableArms(run, run.arms[base] ?? {}, run.arms[other] ?? {});
  if (why !== undefined) return why;
  for (const arm of [base, other]) {
    const trials = series.arms[arm] ?? [];
    const may = failing === 'may-fail' && arm === other && base !== other;
    if (!may && trials.every(({ outcome }) => outcome !== 'completed')) {
      const where = armPhrase(run.arms[arm] ?? {});
      return `no trial ${where === '' ? '' : `${where} `}was completed`;
    }
    if (trials.some(({ value }) => value < 0 && value !== -Infinity)) {
      return 'there are negative values, of which a ratio says nothing';
    }
  }
  return undefined;
}

/** The same for what ran the guests and who measured them, whatever the figure. */
export function incomparableArms(run: Run, first: Arm, second: Arm): string | undefined {
  return (
    acrossSystems(run, first, second) ??
    acrossEmulation(acceleratorOf(run, first), acceleratorOf(run, second))
  );
}

/** Whatever emulation has a part in tells nothing of what runs guests: only like may be set beside like. */
function acrossEmulation(
  a: ArmAccelerator | undefined,
  b: ArmAccelerator | undefined,
): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (!a.emulated && !b.emulated) return undefined;
  if (a.hypervisor !== b.hypervisor) {
    return `the guests ${a.emulated && b.emulated ? '' : 'of one side '}were emulated, which says nothing about hypervisors`;
  }
  if (acceleratorText(a) === acceleratorText(b) && a.emulated === b.emulated) return undefined;
  return 'the guests ran under different accelerators';
}
