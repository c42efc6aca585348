import { expect, it } from 'vitest';
import { transferred } from './received.ts';

const link = 12_500_000;

it('is what came in between, where a link can have carried it', () => {
  expect(transferred({ bytes: 7, at: 1 }, { bytes: 7 + 10 * link, at: 11 }, link)).toBe(10 * link);
});

it('says that more came than a link carries', () => {
  const after = { bytes: 29_500_000 * 50, at: 51 };
  expect(() => transferred({ bytes: 0, at: 1 }, after, link)).toThrow(
    '1.4 GiB came in 50.0 s by a link of 100 Mbit/s: its cap did not hold',
  );
});
