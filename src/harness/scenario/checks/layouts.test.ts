import { expect, it } from 'vitest';
import { loadText, problemsOf } from '../load-text.example.ts';

const scenario = (levels: string) => `name: a
storages: { one: { kind: lustre } }
measure: { creation: {} }
${levels}
`;
const complaints = (levels: string) =>
  problemsOf(scenario(levels)).map(({ where, message }) => `${where ?? ''} ${message}`);

it.each([
  [
    "fixed: { layout: '-E 64M -c x -E eof' }",
    'x.yaml:4:29 fixed.layout: expected a stripe count of 1 to 2000, or -1 for all targets, got "x"',
  ],
  [
    'factors: { layout: [inherit, -E 64M -c 1] }',
    'x.yaml:4:41 factors.layout.1: expected a last component to eof (-E eof), got none',
  ],
  [
    'fixed: { layout: "-E \\x3664M -S 1" }',
    'x.yaml:4:18 fixed.layout: expected a multiple of 64k, got 1',
  ],
  [
    'factors: { stripeSize: [1MiB, 100kB] }',
    'x.yaml:4:31 factors.stripeSize.1: expected a multiple of 64KiB, got 100000 bytes',
  ],
  [
    "fixed: { layout: '-E eof -c 1', stripeCount: 2 }",
    'x.yaml:4:46 layout -E eof -c 1 with stripeCount 2 cannot be: a layout says that itself, for each component (the only arm)',
  ],
  [
    "fixed: { layout: '-E eof -c 1' }\nfactors: { pool: [inherit, flash] }",
    'x.yaml:5:28 layout -E eof -c 1 with pool flash cannot be: a layout says that itself, for each component (arm pool=flash)',
  ],
])('tells of %j', (levels, complaint) => {
  expect(complaints(levels)).toEqual([complaint]);
});

it('takes layouts that are right', () => {
  const text = scenario("factors: { layout: [inherit, '-E 64M -c 1 -E eof -c -1'] }");
  expect(loadText(text).scenario.factors.layout).toHaveLength(2);
  expect(complaints('fixed: { stripeCount: all, stripeSize: 4MiB, pool: flash }')).toEqual([]);
});
