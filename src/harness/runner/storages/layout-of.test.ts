import { expect, it } from 'vitest';
import { levelsSchema, type Levels } from '../../scenario/levels.ts';
import { layoutName, layoutOf } from './layout-of.ts';

const levels = (held: Partial<Levels> = {}): Levels => ({
  ...levelsSchema.parse({}),
  storage: 'shared',
  ...held,
});

it('is none where all is inherited', () => {
  expect([layoutOf(levels()), layoutName(levels())]).toEqual([undefined, '']);
});

it.each([
  [{ stripeCount: 2 }, 'stripeCount=2', { stripeCount: 2 }],
  [{ stripeCount: 'all', pool: 'flash' }, 'stripeCount=all pool=flash', { stripeCount: 'all' }],
  [{ stripeSize: 4 * 2 ** 20 }, 'stripeSize=4M', { stripeSize: 4 * 2 ** 20 }],
] as const)('comes from the levels %j', (held, name, component) => {
  expect(layoutName(levels(held))).toBe(name);
  const inherited = { end: 'eof', stripeCount: 'inherit', stripeSize: 'inherit', pool: 'inherit' };
  expect(layoutOf(levels(held))).toMatchObject([{ ...inherited, ...held, ...component }]);
});

it('is read from a text, in which all stands', () => {
  const layout = '-E 64M -c 1 -E eof -c -1';
  expect(layoutName(levels({ layout }))).toBe(`layout=${layout}`);
  expect(layoutOf(levels({ layout }))).toMatchObject([
    { end: 64 * 2 ** 20, stripeCount: 1 },
    { end: 'eof', stripeCount: 'all' },
  ]);
  expect(() => layoutOf(levels({ layout: '-E 64M' }))).toThrow(/layout: expected/);
});
