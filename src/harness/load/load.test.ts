import { expect, it } from 'vitest';
import { dirtyRateOf, loadBytes } from './load.ts';
import { loadSchema } from './options.ts';

it('tells what was dirtied: the median second', () => {
  const printed = [10, 30, 20]
    .map((rate, i) => `vg-dirty seconds=${i + 1}.000 rate=${rate} total=${rate}\n`)
    .join('');
  expect(dirtyRateOf(printed)).toBe(20);
  expect(dirtyRateOf('')).toBeUndefined();
});

it('needs room on the disk only for fio', () => {
  expect(loadBytes(loadSchema.parse({}))).toBe(0);
  expect(loadBytes(loadSchema.parse({ fio: { rw: 'randwrite', size: '8MiB' } }))).toBe(8 * 2 ** 20);
});
