import { around, exponential, meansOf, type MakeWorkload } from './workload.ts';

const day = 24 * 3600;
/** Load at the height of the day is 1 + this, at the depth of the night 1 − this. */
const amplitude = 0.6;
/** Subjects have their height at different hours: within so many seconds of each other. */
const scatter = 4 * 3600;

/** Load that follows the day, highest in the middle of it; subjects nearly together. */
export const diurnal: MakeWorkload = (options) => {
  const means = meansOf(options);
  const { subjects, spread, step, random } = options;
  const shifts = Float64Array.from({ length: subjects }, () => scatter * (random.next() - 0.5));
  return {
    level(subject, now) {
      const turn = (2 * Math.PI * (now + (shifts[subject] as number))) / day;
      const wave = 1 - amplitude * Math.cos(turn);
      return (means[subject] as number) * wave * around(spread / 4, random);
    },
    wait: () => exponential(step, random),
  };
};
