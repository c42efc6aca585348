import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import type { Layout, LayoutComponent } from './layout.ts';
import { isFault, layoutText, parseLayoutText, readLayoutText, sizeText } from './layout-text.ts';

const inherited = { stripeCount: 'inherit', stripeSize: 'inherit', pool: 'inherit' } as const;
const MiB = 2 ** 20;

it.each<[string, Layout]>([
  [
    '-E 64M -c 1 -E eof -c -1',
    [
      { ...inherited, end: 64 * MiB, stripeCount: 1 },
      { ...inherited, end: 'eof', stripeCount: 'all' },
    ],
  ],
  [
    ' -E 64k  -S 64K -E 1G -c 4 -S 1m -p flash -E -1 ',
    [
      { ...inherited, end: 65_536, stripeSize: 65_536 },
      { end: 1024 * MiB, stripeCount: 4, stripeSize: MiB, pool: 'flash' },
      { ...inherited, end: 'eof' },
    ],
  ],
  ['-E EOF -c 2000', [{ ...inherited, end: 'eof', stripeCount: 2000 }]],
  [
    '-E 1T -E eof',
    [
      { ...inherited, end: 2 ** 40 },
      { ...inherited, end: 'eof' },
    ],
  ],
])('reads %j', (text, layout) => {
  expect(parseLayoutText(text)).toEqual(layout);
});

it.each<[string, number, string]>([
  ['', 0, 'expected -E, got the end of the text'],
  ['-c 1', 0, 'expected -E, got "-c"'],
  ['-E', 2, 'the end of a component, a size such as 64M or eof, got the end of the text'],
  ['-E 64X', 3, 'got "64X"'],
  ['-E 0 -E eof', 3, 'got "0"'],
  ['-E 100000 -E eof', 3, 'expected a multiple of 64k, got 100000'],
  ['-E 64M -c 1', 11, 'expected a last component to eof (-E eof), got none'],
  ['-E 64M -E 64M -E eof', 10, 'expected an end behind that of the component before, 64M, got 64M'],
  ['-E eof -E 64M', 10, 'expected no component behind that to eof, got one'],
  ['-E eof -c 0', 10, 'expected a stripe count of 1 to 2000, or -1 for all targets, got "0"'],
  ['-E eof -c -2', 10, 'got "-2"'],
  ['-E eof -c', 9, 'got the end of the text'],
  ['-E eof -c 1 -c 2', 12, 'expected -c once in a component, got it again'],
  ['-E eof -S 1000', 10, 'expected a multiple of 64k, got 1000'],
  ['-E eof -S 1MiB', 10, 'expected a stripe size such as 1M, got "1MiB"'],
  ['-E 65M -S 2M -E eof', 0, 'got one to 65M with -S 2M'],
  ['-E eof -p a/b', 10, 'expected the name of a pool, got "a/b"'],
  ['-E eof -L mdt', 7, 'expected -E, -c, -S or -p, got "-L"'],
  ['-E eof; rm -rf /', 3, 'got "eof;"'],
  ['-E eof constructor 1', 7, 'got "constructor"'],
])('refuses %j at %i', (text, at, message) => {
  expect(readLayoutText(text)).toMatchObject({
    at,
    message: expect.stringContaining(message) as string,
  });
});

it('shows where the text is wrong', () => {
  expect(() => parseLayoutText('-E 64M -c x -E eof')).toThrow(
    [
      'layout: expected a stripe count of 1 to 2000, or -1 for all targets, got "x"',
      '  -E 64M -c x -E eof',
      '            ^',
    ].join('\n'),
  );
});

describe('properties', () => {
  const component: fc.Arbitrary<Omit<LayoutComponent, 'end'>> = fc.record({
    stripeCount: fc.oneof(fc.constantFrom('all', 'inherit'), fc.integer({ min: 1, max: 2000 })),
    // Powers of two: an end that is a multiple of the largest is one of all.
    stripeSize: fc.oneof(fc.constant('inherit'), fc.constantFrom(65_536, MiB, 4 * MiB)),
    pool: fc.oneof(fc.constant('inherit'), fc.stringMatching(/^[a-z][a-z0-9_]{0,14}$/)),
  });
  const layout = fc
    .uniqueArray(fc.integer({ min: 1, max: 2 ** 20 }), { maxLength: 4 })
    .chain((ends) => {
      const sorted = [...ends].sort((a, b) => a - b).map((end) => end * 4 * MiB);
      const all: LayoutComponent['end'][] = [...sorted, 'eof'];
      return fc.tuple(...all.map((end) => component.map((rest) => ({ end, ...rest }))));
    })
    .map((components) => components as unknown as Layout);

  it('reads what it writes', () => {
    fc.assert(
      fc.property(layout, (each) => {
        expect(readLayoutText(layoutText(each))).toEqual(each);
      }),
    );
  });

  it('tells of a place inside the text, whatever is written', () => {
    const words = fc.constantFrom('-E', '-c', '-S', '-p', 'eof', '-1', '1M', '64k', '3', 'x', '-L');
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((each) => each.join(' ')),
    );
    fc.assert(
      fc.property(text, (each) => {
        const read = readLayoutText(each);
        if (!isFault(read)) return;
        expect(read.at).toBeGreaterThanOrEqual(0);
        expect(read.at).toBeLessThanOrEqual(each.length);
        expect(() => parseLayoutText(each)).toThrow(UserError);
      }),
    );
  });

  it('writes sizes by the largest unit that divides them', () => {
    expect([1, 1024, 65_536, 1_048_576, 3 * 2 ** 30, 2 ** 40, 65_535].map(sizeText)).toEqual([
      ...['1', '1k', '64k', '1M', '3G', '1T', '65535'],
    ]);
  });
});
