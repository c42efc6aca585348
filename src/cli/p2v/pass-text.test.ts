import { expect, it } from 'vitest';
import { passText } from './pass-text.ts';

const MiB = 2 ** 20;

it('tells what a pass did, what it left and what follows', () => {
  const figures = { pass: 2, bytes: 12 * MiB, read: 12 * MiB, seconds: 2, rest: 3 * MiB };
  const more = { budget: 1, whole: 0, lost: 0 };
  expect(passText({ ...figures, ...more, predicted: 0.5, again: 0 })).toBe(
    'pass 2: sent 12 MiB in 2.0 s (6.0 MiB/s); written meanwhile: 3.0 MiB, 0.5 s for it: cut over',
  );
  expect(passText({ ...figures, ...more, predicted: 2, again: 1 })).toMatch(
    /2\.0 s for it: again$/,
  );
  expect(passText({ ...figures, ...more, predicted: 2, again: 0 })).toMatch(/given up$/);
});

it('says where everything was compared, and where it is not known what was written', () => {
  const figures = { pass: 3, bytes: MiB, read: 64 * MiB, seconds: 4, lost: 1, whole: 1, again: 1 };
  expect(passText({ ...figures, predicted: 4, budget: 1 })).toBe(
    'pass 3: all of 64 MiB compared, sent 1.0 MiB in 4.0 s (256 KiB/s); written meanwhile: not known, 4.0 s for it: again',
  );
  expect(passText({ ...figures, last: 1 })).toMatch(/^rest: all of 64 MiB compared/);
});
