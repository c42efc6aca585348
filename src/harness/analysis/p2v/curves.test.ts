import { describe, expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { fittedLine, passesFrom } from './fitted-line.ts';
import { syntheticConversions } from './synthetic-p2v.example.ts';

const mebibyte = 2 ** 20;

function analysisOf(options: Parameters<typeof syntheticConversions>[0] = {}) {
  const { run, trials, samples } = syntheticConversions(options);
  return analyse({ run, trials, groups: groupSamples(samples) });
}

describe('a line through medians', () => {
  it('goes through points that lie on one', () => {
    const line = fittedLine([1, 5, 20].map((x) => ({ x, y: 3 + 2 * x })));
    expect(line?.at).toBeCloseTo(3, 9);
    expect(line?.by).toBeCloseTo(2, 9);
    expect(fittedLine([{ x: 1, y: 2 }])).toBeUndefined();
    expect(fittedLine([0, 1].map((x) => ({ x, y: x })))).toBeUndefined();
    expect(fittedLine([0, 1].map((x) => ({ x, y: x === 0 ? Infinity : 1 })))).toBeUndefined();
  });

  it.each([
    [{ at: 9, by: 0 }, 1, 0],
    [{ at: 9, by: 0 }, 0.1, 100],
    [{ at: 9, by: 1 }, 0.1, Infinity],
    [{ at: 0.5, by: 0.05 }, 0.1, 0],
    [{ at: 0.5, by: 2 }, 0.1, Infinity],
    [{ at: 30, by: 0 }, 1, 25],
  ])('%j passes the share %d of 10 s and 0.8 s each from %d on', (lower, share, from) => {
    expect(passesFrom(lower, { at: 10, by: 0.8 }, share)).toBeCloseTo(from, 9);
  });
});

describe('downtime against data', () => {
  it('finds from which size on the reduction passes 90 %, with an interval that holds it', () => {
    const [set] = analysisOf().curves;
    expect(set?.curves.map(({ method, points }) => [method, points.length])).toEqual([
      ['offline', 3],
      ['native-switch', 3],
    ]);
    const [crossing, passing] = set?.passings ?? [];
    expect(crossing).toMatchObject({ share: 1, from: 0 });
    // 9 s are a tenth of 90 s, which 1,000 MiB take offline.
    expect((passing?.from ?? NaN) / mebibyte).toBeCloseTo(1000, -2);
    expect(passing?.interval?.low).toBeLessThan(1000 * mebibyte);
    expect(passing?.interval?.high).toBeGreaterThan(1000 * mebibyte);
  });

  it('says so in the answer, and gives no interval below 6 trials', () => {
    const [first] = analysisOf().answer;
    expect(first?.text).toMatch(
      /^Native switch: [\d.]+ s \([\d.]+–[\d.]+, n = 8\) of downtime against [\d.]+ s \([\d.]+–[\d.]+, n = 8\) offline with 1 GiB of data \(ratio 0\.\d+, 0\.\d+–0\.\d+\); less downtime than offline at every size, by the lines through the medians \(over the whole 95 % interval\); a reduction of 90 % from .* of data on \(95 % interval .*\)/,
    );
    expect(analysisOf({ blocks: 3 }).answer[0]?.text).toContain('no interval below 6 trials');
  });
});
