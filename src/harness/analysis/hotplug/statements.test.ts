import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticFigures } from '../synthetic-figures.example.ts';

function answerOf(options: Parameters<typeof syntheticFigures>[1]) {
  const { run, trials, samples } = syntheticFigures('hotplug', options);
  return analyse({ run, trials, groups: groupSamples(samples) }).answer.map(({ text }) => text);
}

it('says what the guest sees first and last, each way, with intervals and n', () => {
  const [first, second] = answerOf({ blocks: 8 });
  const figure = String.raw`[\d.]+ ms \([\d.]+–[\d.]+, n = 8\)`;
  const open = String.raw`[\d.]+ ms \([\d.]+–not converged, n = 8\)`;
  expect(first).toMatch(
    new RegExp(
      `^The guest sees a hotplug soonest with a vCPU coming in: ${figure}, last with memory \\(DIMM\\) coming in: ${figure}\\.$`,
    ),
  );
  expect(second).toMatch(
    new RegExp(`vCPU going out: ${figure}, last with memory \\(DIMM\\) going out: ${open}\\.$`),
  );
});

it('says where the return of a call says little, and what was refused', () => {
  const answer = answerOf({ blocks: 8 }).join('\n');
  expect(answer).toMatch(
    /has returned does not say .*: with memory \(DIMM\) .*, it returns after 3\.\d+ ms \(.*n = 8\), and the guest sees it after 3\d\d ms/,
  );
  expect(answer).toContain('Refused, or not seen in time: 3 of 8 with memory (DIMM) going out.');
});

it('has no interval below 6 trials, and says so', () => {
  expect(answerOf({ blocks: 2 })[0]).toMatch(/ms \(n = 2: no interval\), last/);
});
