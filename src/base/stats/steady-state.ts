import { expectValues } from './expect-numbers.ts';

/** Rounds in the measurement window. */
export const steadyStateRounds = 5;
const greatestExcursion = 0.2;
const greatestSlope = 0.1;

export interface SteadyState {
  steady: boolean;
  /** (Greatest − least) / mean of the window. */
  excursion: number;
  /** Change of the least-squares line over the window / mean; negative where the values fall. */
  slope: number;
}

/**
 * Whether a measurement has settled, judged by its last five rounds: the values stay within 20 % of
 * their mean (greatest less least), and the straight line fitted to them changes by at most 10 % of it
 * from the first to the last round. undefined before the fifth round. Rounds in which nothing was done
 * (a mean of 0) are not steady. Throws a RangeError for negative or infinite values and NaN.
 *
 * SNIA, "Solid State Storage Performance Test Specification", definition of steady state.
 */
export function steadyState(rounds: readonly number[]): SteadyState | undefined {
  if (rounds.length < steadyStateRounds) return undefined;
  const window = rounds.slice(-steadyStateRounds);
  expectValues('steadyState', window);
  const wrong = window.find((value) => value < 0 || value === Infinity);
  if (wrong !== undefined) {
    throw new RangeError(`steadyState: expected finite values from 0, got ${wrong}`);
  }
  const mean = window.reduce((sum, value) => sum + value, 0) / steadyStateRounds;
  if (mean === 0) return { steady: false, excursion: 0, slope: 0 };

  const centre = (steadyStateRounds - 1) / 2;
  let covariance = 0;
  let variance = 0;
  for (const [round, value] of window.entries()) {
    covariance += (round - centre) * (value - mean);
    variance += (round - centre) ** 2;
  }
  const slope = ((covariance / variance) * (steadyStateRounds - 1)) / mean;
  const excursion = (Math.max(...window) - Math.min(...window)) / mean;
  return {
    steady: excursion <= greatestExcursion && Math.abs(slope) <= greatestSlope,
    excursion,
    slope,
  };
}
