import { expect, it } from 'vitest';
import { local } from '../../../platform/storage/local.ts';
import { moosefs } from '../../../platform/storage/moosefs.ts';
import { levelsSchema, type Levels } from '../../scenario/levels.ts';
import { missingLayouts } from './missing-layouts.ts';

const arm = (storage: string, held: Partial<Levels> = {}): Levels => ({
  ...levelsSchema.parse({}),
  ...{ storage, ...held },
});
const planned = [
  { name: 'disk', backend: local },
  { name: 'shared', backend: moosefs },
];

it('tells which storage cannot lay out files, what it is, and what to do', () => {
  const arms = [arm('disk'), arm('shared', { stripeCount: 2 }), arm('shared', { pool: 'flash' })];
  const problems = missingLayouts(planned, arms);
  expect(problems).toMatchObject([
    {
      where: 'storages.shared',
      message:
        'expected a storage that can lay out files as asked for (stripeCount=2, pool=flash), this one (MooseFS, kind: moosefs) cannot',
      remedy: expect.stringContaining('exclude: [{ storage: shared, … }]') as string,
    },
  ]);
});

it('finds nothing where layouts can be set, or only templates lie', () => {
  const layouts = { set: () => Promise.resolve(), difference: () => Promise.resolve(undefined) };
  const able = [{ name: 'shared', backend: { ...moosefs, layouts } }, planned[0]].flatMap(
    (each) => each ?? [],
  );
  expect(missingLayouts(able, [arm('shared', { stripeCount: 2, template: 'disk' })])).toEqual([]);
});
