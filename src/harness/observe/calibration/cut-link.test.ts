import { expect, it } from 'vitest';
import { parseCut } from './cut-link.ts';

it('takes the middle of before and after, on our clock', () => {
  const said = 'vg-cut 1 down=1000000000,1000200000 up=1200000000,1200400000\n';
  const pause = parseCut(said, (wall) => wall + 5);
  expect(pause?.commanded.from).toBeCloseTo(6.0001, 6);
  expect(pause?.commanded.to).toBeCloseTo(6.2002, 6);
  expect(pause?.uncertainty).toBeCloseTo(0.0003, 6);
});

it.each(['', 'vg-cut 1 down=1,2', 'vg-cut 1 down=1,2 up=3,4'])('does not guess from %j', (said) => {
  expect(parseCut(said, (wall) => wall)).toBeUndefined();
});
