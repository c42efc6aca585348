import { expect, it } from 'vitest';
import { expectWatched } from './expect-watched.ts';

it('takes what was watched to the end, and refuses what was not', () => {
  const window = { from: 10, to: 20 };
  expect(() => expectWatched('probe', { from: 0, to: 19.95 }, window)).not.toThrow();
  expect(() => expectWatched('probe', { from: 0, to: 30 }, window)).not.toThrow();
  expect(() => expectWatched('probe', { from: 0, to: 14 }, window)).toThrow(
    'probe ended 6.0 s too early: what came then was not seen',
  );
});
