import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sentinelMoved, type SentinelFigures } from './rule.ts';

const milliseconds = (...writes: number[]): SentinelFigures[] =>
  writes.map((write) => ({ write: write / 1000, read: 0.0001 }));
const [steady, restless] = [
  milliseconds(1, 1.02, 0.99, 1.01, 1, 0.98),
  milliseconds(0.6, 1.8, 1, 0.7, 1.5, 1),
];

it.each([
  ['as usual', steady, 1.1, 0.1, undefined],
  ['a little slower', steady, 1.9, 0.1, undefined],
  ['three times as slow', steady, 3.1, 0.1, 'writes took 3.1 times as long as usual'],
  ['slower in reads', steady, 1, 0.5, 'reads took 5.0 times as long as usual'],
  ['slower in both', steady, 3, 0.5, 'reads took 5.0 times as long as usual'],
  ['much faster', steady, 0.1, 0.01, undefined],
  ['three times as slow where that is usual', restless, 3.1, 0.1, undefined],
  ['a hundred times as slow even there', restless, 100, 0.1, 'writes took 100 times'],
  ['answered by a busy cache', steady, 1, 0.29, undefined],
  ['unlike too few others', steady.slice(0, 4), 50, 0.1, undefined],
])('%s', (_, quiet, write, read, words) => {
  const moved = sentinelMoved({ write: write / 1000, read: read / 1000 }, quiet);
  if (words === undefined) expect(moved).toBeUndefined();
  else expect(moved).toContain(words);
});

const figures = fc.record({
  write: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  read: fc.double({ min: 1e-6, max: 1, noNaN: true }),
});

it('nothing up to twice the median is remarkable', () => {
  fc.assert(
    fc.property(fc.array(figures, { minLength: 5, maxLength: 20 }), figures, (quiet, now) => {
      const middle = (name: 'write' | 'read') => {
        const sorted = quiet.map((each) => each[name]).sort((a, b) => a - b);
        const half = sorted.length / 2;
        return Math.sqrt((sorted[Math.ceil(half) - 1] ?? NaN) * (sorted[Math.floor(half)] ?? NaN));
      };
      if (now.write < 1.99 * middle('write') && now.read < 1.99 * middle('read')) {
        expect(sentinelMoved(now, quiet)).toBeUndefined();
      }
    }),
  );
});
