import { expect, it } from 'vitest';
import { UserError } from '../src/base/errors.ts';
import { parseBenchArguments } from './arguments.ts';
import { benchmarks } from './list.ts';
import { selectBenchmarks } from './select.ts';

const all = ['first', 'second', 'third'].map((name) => ({ name, about: `about ${name}` }));
const names = (...wanted: string[]) => selectBenchmarks(all, wanted).map(({ name }) => name);

it('takes all, or those that are named, in the order of the list', () => {
  expect(names()).toEqual(['first', 'second', 'third']);
  expect(names('third', 'first')).toEqual(['first', 'third']);
});

it('names every unknown one at once, and all that there are', () => {
  const attempt = () => names('frist', 'second', 'x');
  expect(attempt).toThrow(UserError);
  expect(attempt).toThrow(/got "frist", "x"/);
  for (const { name, about } of all) expect(attempt).toThrow(new RegExp(`${name} +${about}`));
});

it('lists no name twice', () => {
  expect(new Set(benchmarks.map(({ name }) => name)).size).toBe(benchmarks.length);
});

it('reads names and options', () => {
  expect(parseBenchArguments(['a', '--json', 'f.json', 'b', '--pairs', '7'])).toEqual({
    names: ['a', 'b'],
    json: 'f.json',
    pairs: 7,
  });
  expect(parseBenchArguments([])).toEqual({ names: [], json: undefined, pairs: undefined });
});

it.each([[['--pairs', '0']], [['--pairs', '1.5']], [['--pairs', 'x']], [['--frob']], [['--json']]])(
  'refuses %o',
  (args) => {
    expect(() => parseBenchArguments(args)).toThrow(UserError);
  },
);
