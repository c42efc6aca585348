import type { Trial } from '../results/schema.ts';
import type { PlannedTrial } from './order.ts';

/** Of the planned trials, so many at most are repeated. */
const share = 0.2;

/**
 * What is to be done again, once all planned trials are done: the contaminated ones that came to a
 * result, in their order, each once, and at most one in five of those planned. A repeat gets a number
 * behind all others, and stands in the block of the trial that it repeats.
 * @param trials all that were done, also repeats
 * @param planned how many were planned
 * @param armOf index of a trial's arm
 */
export function repeatsOf(
  trials: readonly Trial[],
  planned: number,
  armOf: (trial: Trial) => number,
): PlannedTrial[] {
  const repeated = new Set(trials.flatMap(({ repeats }) => repeats ?? []));
  const left = Math.floor(planned * share) - repeated.size;
  const next = trials.reduce((most, { trial }) => Math.max(most, trial + 1), planned);
  return trials
    .filter(
      ({ trial, state, contaminated, repeats }) =>
        contaminated !== undefined &&
        repeats === undefined &&
        !repeated.has(trial) &&
        (state === 'completed' || state === 'not-converged'),
    )
    .sort((a, b) => a.trial - b.trial)
    .slice(0, Math.max(0, left))
    .map((trial, index) => ({
      trial: next + index,
      block: trial.block,
      arm: armOf(trial),
      repeats: trial.trial,
    }));
}
