import { describe, expect, it } from 'vitest';
import type { Run } from '../../results/schema.ts';
import type { SeriesResult } from '../series-result.ts';
import { readingsOf } from './readings.ts';

const policies = ['random', 'smps-reconstructed', 'best-fit', 'smps-linear'];

/** One headline figure with these medians, in the order of the policies. */
function told(medians: readonly number[], better: 'lower' | 'higher' = 'lower'): string[] {
  const run = {
    factors: { placement: policies },
    arms: policies.map((placement) => ({ placement })),
  } as unknown as Run;
  const one = {
    key: { metric: 'x', kind: 'simulated' },
    metric: { title: 'Unmet demand', unit: '', better },
    summaries: medians.map((median) => ({ median })),
  } as unknown as SeriesResult;
  return readingsOf(run, [one]);
}

describe('readingsOf', () => {
  it('says where the readings of an abstract have another policy between them', () => {
    const [text] = told([4, 1, 2, 3]);
    expect(text).toMatch(/^Only the abstract of SMPS-VMM is public/);
    expect(text).toMatch(/unmet demand \(simulated\): marginal cost 1st, linear cost 3rd\.$/);
    expect(told([4, 1, 2, 3], 'higher')[0]).toMatch(/marginal cost 4th, linear cost 2nd\.$/);
  });

  it('says that they rank alike where nothing lies between them, and by rounding alone', () => {
    expect(told([4, 1, 3, 2])[0]).toMatch(/No third one of the \d+ policies lies between them/);
    expect(told([5, 1 + 1e-12, 1, 1 - 1e-12])[0]).toMatch(
      /No third one of the \d+ policies lies between them/,
    );
  });

  it('says nothing where only one reading was tried', () => {
    const run = { factors: { placement: ['random', 'smps-linear'] }, arms: [] };
    expect(readingsOf(run as unknown as Run, [])).toEqual([]);
  });
});
