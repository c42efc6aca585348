import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesOf, parseAddressRange } from './address-range.ts';

describe('parseAddressRange', () => {
  it.each([
    '10.0.0.1-10.0.1.1/24',
    '10.0.0.2-10.0.0.1/24',
    '10.0.0.1-10.0.0.256/24',
    '10.0.0.1/24',
    '10.0.0.1-10.0.0.2',
    '10.0.0.1-10.0.0.2/31',
    'fe80::1-fe80::2/64',
  ])('refuses %s', (text) => {
    expect(parseAddressRange(text)).toBeUndefined();
  });
});

describe('addressesOf', () => {
  it('goes over the border of a byte', () => {
    const range = { first: '10.0.0.254', last: '10.0.1.1', prefix: 16 };
    expect([...addressesOf(range)]).toEqual(['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']);
  });

  it('prop_IsInOrderAndHasFirstAndLast', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, (high, a, b) => {
        const [low, up] = [Math.min(a, b), Math.max(a, b)];
        const text = `10.${high}.255.${low}-10.${high}.255.${up}/24`;
        const range = parseAddressRange(text);
        const all = range ? [...addressesOf(range)] : [];
        expect(all).toHaveLength(up - low + 1);
        expect([all[0], all.at(-1)]).toEqual([range?.first, range?.last]);
      }),
    );
  });
});
