import { expect, it } from 'vitest';
import type { Outcome, TrialValue } from './series.ts';
import { lostTrials, summarize, worstWord } from './summary.ts';

const trials = (...values: [number, Outcome?][]): TrialValue[] =>
  values.map(([value, outcome = 'completed'], trial) => ({
    ...{ trial, block: trial, at: trial, value, outcome },
  }));

it('has an infinite median where most of a few trials have no figure', () => {
  const summary = summarize(
    trials([1], [Infinity, 'failed'], [Infinity, 'not-converged'], [Infinity, 'not-converged']),
  );
  expect(summary).toMatchObject({ n: 4, failed: 1, notConverged: 2, median: Infinity });
  expect(summary).not.toHaveProperty('interval');
});

it.each([
  [{ n: 6, failed: 0, notConverged: 2 }, 'not converged', ['2 of 6 did not converge']],
  [{ n: 6, failed: 1, notConverged: 0 }, 'failed', ['1 of 6 failed']],
  [{ n: 6, failed: 1, notConverged: 2 }, 'no figure', ['1 of 6 failed', '2 of 6 did not converge']],
  [{ n: 6, failed: 0, notConverged: 0 }, 'failed', []],
])('of %j calls what is infinite “%s”', (counts, word, lost) => {
  expect(worstWord(counts)).toBe(word);
  expect(lostTrials(counts)).toEqual(lost);
});
