import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { fixture } from './fixture.example.ts';
import { parseGetstripe } from './getstripe.ts';
import { mangled } from './mangled.example.ts';

const MiB = 2 ** 20;
const whole = { start: 0, end: 'eof', pattern: 'raid0', pool: undefined };

describe('plain layouts', () => {
  it.each([
    ['2.17/getstripe-f1-y', { stripeCount: 1, stripeSize: 4 * MiB, osts: [1] }],
    ['2.17/getstripe-f2-y', { stripeCount: 2, stripeSize: 4 * MiB, osts: [0, 1] }],
    ['2.17/getstripe-raw-y', { stripeCount: 2, stripeSize: MiB, osts: [0, 1] }],
    ['2.17/getstripe-dir-y', { stripeCount: 2, stripeSize: MiB, osts: [] }],
    [
      '2.17/getstripe-default-dir-dy',
      { stripeCount: 1, stripeSize: 4 * MiB, osts: [], pattern: undefined },
    ],
    ['2.15/getstripe-file-y', { stripeCount: 2, stripeSize: MiB, osts: [4, 2], pool: 'flash' }],
  ])('reads %s', (name, expected) => {
    expect(parseGetstripe(fixture(name))).toEqual([{ ...whole, ...expected }]);
  });
});

describe('progressive layouts', () => {
  it('reads the list of 2.17', () => {
    const size = 4 * MiB;
    expect(parseGetstripe(fixture('2.17/getstripe-pfl-y'))).toEqual([
      { ...whole, end: size, stripeCount: 1, stripeSize: size, osts: [1] },
      { ...whole, start: size, stripeCount: 2, stripeSize: size, osts: [] },
    ]);
  });

  it('reads the keys of 2.15', () => {
    expect(parseGetstripe(fixture('2.15/getstripe-pfl-y'))).toEqual([
      { ...whole, end: 64 * MiB, stripeCount: 1, stripeSize: MiB, osts: [5], pool: 'flash' },
      {
        ...whole,
        start: 64 * MiB,
        end: 1024 * MiB,
        stripeCount: 2,
        stripeSize: 4 * MiB,
        osts: [3, 0],
      },
      { ...whole, start: 1024 * MiB, stripeCount: 'all', stripeSize: 4 * MiB, osts: [] },
    ]);
  });

  it('reads the default of a directory, with data on the metadata target', () => {
    expect(parseGetstripe(fixture('2.15/getstripe-dir-pfl-dy'))).toEqual([
      { ...whole, end: MiB, stripeCount: 0, stripeSize: MiB, pattern: 'mdt', osts: [] },
      { ...whole, start: MiB, stripeCount: 'all', stripeSize: MiB, pool: 'flash', osts: [] },
    ]);
  });

  it.each(['2.17/getstripe-pfl-y', '2.15/getstripe-pfl-y', '2.17/getstripe-f2-y'])(
    'reads %s also where something makes it no YAML',
    (name) => {
      const text = fixture(name);
      expect(parseGetstripe(`${text}\t{ note: [\n`)).toEqual(parseGetstripe(text));
    },
  );
});

it.each([
  ['2.17/getstripe-recursive', 'several'],
  ['2.17/lfs-df', 'no stripe count'],
])('refuses %s', (name, why) => {
  expect(() => parseGetstripe(fixture(name))).toThrow(why);
});

it('refuses mirrors', () => {
  const text = fixture('2.15/getstripe-pfl-y');
  const again = text.slice(text.indexOf('  component0'));
  expect(() => parseGetstripe(text + again.replaceAll('component', 'component1'))).toThrow(
    'several, or mirrors',
  );
});

it('takes any text, or refuses it in words', () => {
  const names = ['2.17/getstripe-pfl-y', '2.15/getstripe-pfl-y', '2.17/getstripe-f2-y'];
  fc.assert(
    fc.property(mangled(...names), (text) => {
      try {
        for (const { stripeCount, stripeSize, osts } of parseGetstripe(text)) {
          expect(stripeCount).not.toBeNaN();
          expect(stripeSize).not.toBeNaN();
          expect(osts.every(Number.isInteger)).toBe(true);
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }),
    { numRuns: 200 },
  );
});
