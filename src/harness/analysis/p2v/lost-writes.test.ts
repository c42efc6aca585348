import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticFigures } from '../synthetic-figures.example.ts';

function answerOf(lost: readonly number[] = []) {
  const { run, trials, samples } = syntheticFigures('p2v', { blocks: 2 });
  const changed = samples.map((sample) =>
    sample.metric === 'p2v.lost-writes' ? { ...sample, value: lost[sample.trial] ?? 0 } : sample,
  );
  return analyse({ run, trials, groups: groupSamples(changed) }).answer;
}

it('says with its bound that no conversion lost a write, once and last', () => {
  const about = answerOf().filter(({ text }) => text.includes('lost'));
  expect(about).toEqual([answerOf().at(-1)]);
  // 12 conversions: 1 − 0.05^(1/12).
  expect(about[0]?.text).toMatch(
    /^No acknowledged write was lost in 12 conversions \([\d,]+ writes\); that still permits losses in up to 22 % of conversions/,
  );
});

it('says how many lost some', () => {
  const last = answerOf([0, 3, 0, 4]).at(-1);
  expect(last?.kind).toBe('lost-writes');
  expect(last?.text).toMatch(
    /^2 of 12 conversions lost acknowledged writes \(7 of [\d,]+\); up to 44 % of conversions may/,
  );
});
