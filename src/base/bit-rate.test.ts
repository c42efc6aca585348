import { expect, it } from 'vitest';
import { formatBitRate, parseRate } from './bit-rate.ts';

it.each([
  ['1Gbit', 125_000_000],
  ['2.5Gbit/s', 312_500_000],
  ['100 Mbit/s', 12_500_000],
  ['800bit', 100],
  ['100MiB', 104_857_600],
  ['100MiB/s', 104_857_600],
  ['100MB', 100_000_000],
  ['fast', undefined],
  ['1Tbit', undefined],
  ['-1Mbit', undefined],
  ['', undefined],
])('%j is %j bytes a second', (text, bytes) => {
  expect(parseRate(text)).toBe(bytes);
});

it.each([
  [125_000_000, '1 Gbit/s'],
  [12_500_000, '100 Mbit/s'],
  [104_857_600, '838.9 Mbit/s'],
  [1000, '8 kbit/s'],
  [100, '800 bit/s'],
])('%d bytes a second are %s', (bytes, text) => {
  expect(formatBitRate(bytes)).toBe(text);
});

it('is read back as it is printed', () => {
  for (const bytes of [125, 12_500, 1_250_000, 312_500_000, 12_500_000_000]) {
    expect(parseRate(formatBitRate(bytes))).toBe(bytes);
  }
});
