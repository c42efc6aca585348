import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticFigures } from '../synthetic-figures.example.ts';

function answerOf(blocks: number) {
  const { run, trials, samples } = syntheticFigures('sharing', { blocks });
  return analyse({ run, trials, groups: groupSamples(samples) }).answer.map(({ text }) => text);
}

it('says in how many overloads relief came, when, and what was served meanwhile', () => {
  const figure = String.raw`\([\d.]+–[\d.]+, n = 8\)`;
  const [first, , none] = answerOf(8);
  // 8 of 8: the true share is at least 0.05^(1/8).
  expect(first).toMatch(
    new RegExp(
      `^With sharing ma2scf-reconstructed: relieved in 8 of 8 overloads \\(at least 69 %, 95 % confidence\\), after 2\\d\\.\\d s ${figure}; goodput in the overload 5\\d\\.\\d /s ${figure}\\.$`,
    ),
  );
  expect(none).toMatch(
    /^Without sharing: relieved in 0 of 8 overloads \(up to 31 % may be, 95 % confidence\); goodput .* n = 8\)\.$/,
  );
});

it('claims little of one overload', () => {
  expect(answerOf(1)[0]).toMatch(
    /relieved in 1 of 1 overloads \(at least 5 %, 95 % confidence\), after .* \(n = 1: no interval\)/,
  );
});
