import { around, exponential, meansOf, type MakeWorkload } from './workload.ts';

/** Load that changes by chance around a mean that stays. */
export const steady: MakeWorkload = (options) => {
  const means = meansOf(options);
  const { spread, step, random } = options;
  return {
    level: (subject) => (means[subject] as number) * around(spread / 2, random),
    wait: () => exponential(step, random),
  };
};
