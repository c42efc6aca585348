import { mean, sampleVariance } from 'simple-statistics';
import { studentQuantile } from '../../src/base/stats/student-t.ts';

/** Whether values that shall be small have got worse, from the trials of two runs. */
export type Rule = (before: readonly number[], now: readonly number[]) => boolean;

/** github-action-benchmark: the ratio of the two last values, which are means, against a threshold. */
export function ratioOfMeans(threshold: number): Rule {
  return (before, now) => mean([...now]) / mean([...before]) > threshold;
}

/** Welch's t-test of the trials of both runs at 5 %, and a change of the mean by more than a share. */
export function tTestWithThreshold(share: number): Rule {
  return (before, now) => {
    const [a, b] = [before, now].map((values) => sampleVariance([...values]) / values.length) as [
      number,
      number,
    ];
    const difference = mean([...now]) - mean([...before]);
    const degrees = (a + b) ** 2 / (a ** 2 / (before.length - 1) + b ** 2 / (now.length - 1));
    const significant = difference / Math.sqrt(a + b) > studentQuantile(0.975, degrees);
    return significant && difference / mean([...before]) > share;
  };
}
