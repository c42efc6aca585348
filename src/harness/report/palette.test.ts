import { expect, it } from 'vitest';
import type { Arm, Level } from '../results/schema.ts';
import { paletteOf } from './palette.ts';

function paletteFor(factors: Record<string, Level[]>) {
  const arms = Object.entries(factors).reduce<Arm[]>(
    (all, [factor, levels]) =>
      all.flatMap((arm) => levels.map((level) => ({ ...arm, [factor]: level }))),
    [{}],
  );
  return paletteOf({ arms, factors });
}

it('gives every arm a colour of its own', () => {
  const { arms } = paletteFor({ storage: ['a', 'b'], provisioning: ['x', 'y'], guests: [1, 4] });
  expect(new Set(arms.map(({ light }) => light)).size).toBe(8);
  expect(new Set(arms.map(({ dark }) => dark)).size).toBe(8);
});

it('gives arms that differ in numbers only one family', () => {
  const { arms, families } = paletteFor({ storage: ['a', 'b'], guests: [1, 4] });
  expect(families[0]).toEqual(families[1]);
  expect(families[0]).not.toEqual(families[2]);
  expect(arms[1]).toEqual(families[1]);
});

it('gives numbers hues of their own where nothing else differs', () => {
  const { arms } = paletteFor({ guests: [1, 2, 4] });
  expect(new Set(arms.map(({ light }) => light)).size).toBe(3);
});
