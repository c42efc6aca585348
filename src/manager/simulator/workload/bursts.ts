import { around, exponential, meansOf, type MakeWorkload } from './workload.ts';

/** In a burst a subject has so many times its mean load, between bursts so little that the mean holds. */
const height = 3;
/** Share of time in bursts. */
const share = 0.15;
const quiet = (1 - share * height) / (1 - share);
/** Of the Pareto distribution of lengths of bursts: most are short, some are very long. */
const shape = 1.5;
const longest = 50;

/** Load that is low, and at times suddenly three times as high; bursts of different subjects fall together by chance only. */
export const bursts: MakeWorkload = (options) => {
  const means = meansOf(options);
  const { subjects, spread, step, random } = options;
  // The first change turns it around.
  const bursting = new Uint8Array(subjects).map(() => (random.next() < share ? 0 : 1));
  // Pareto from `least` on has the mean least·shape/(shape − 1), less what `longest` cuts off.
  const least = (step * (shape - 1)) / shape;
  return {
    level(subject) {
      bursting[subject] = bursting[subject] === 1 ? 0 : 1;
      const factor = bursting[subject] === 1 ? height : quiet;
      return (means[subject] as number) * factor * around(spread / 4, random);
    },
    wait(subject) {
      if (bursting[subject] !== 1) return exponential((step * (1 - share)) / share, random);
      return Math.min(longest * least, least * (1 - random.next()) ** (-1 / shape));
    },
  };
};
