import fc from 'fast-check';
import { expect, it } from 'vitest';
import { levelsSchema, type Levels } from '../../scenario/levels.ts';
import { bedKey, planBeds, storagesUsed, templateLevels } from './plan-beds.ts';

const arm = (storage: string, held: Partial<Levels> = {}): Levels => ({
  ...levelsSchema.parse({}),
  ...{ storage, ...held },
});

it('has one bed for all arms that ask for the same', () => {
  const arms = [arm('a'), arm('a', { guests: 4 }), arm('a', { template: 'a' }), arm('b')];
  const beds = planBeds(arms);
  expect(beds.map(({ storage, disks, templates }) => [storage, disks, templates])).toEqual([
    ['a', arms.slice(0, 3), arms.slice(0, 3)],
    ['b', arms.slice(3), arms.slice(3)],
  ]);
});

it('has one for each layout and each size of template', () => {
  const beds = planBeds([
    arm('a'),
    arm('a', { stripeCount: 2 }),
    arm('a', { templateData: 2 ** 20 }),
    arm('a', { stripeCount: 2, templateData: 2 ** 20 }),
  ]);
  expect(beds.map(({ layoutName, templateData }) => [layoutName, templateData])).toEqual([
    ['', 0],
    ['stripeCount=2', 0],
    ['', 2 ** 20],
    ['stripeCount=2', 2 ** 20],
  ]);
});

it('puts templates of another storage there, laid out as that says', () => {
  const arms = [
    arm('a', { template: 'b', stripeCount: 2, templateData: 5 }),
    arm('a', { template: 'b', stripeCount: 4, templateData: 5 }),
  ];
  const beds = planBeds(arms);
  expect(beds.map((bed) => [bed.storage, bed.layoutName, bed.templateData])).toEqual([
    ['a', 'stripeCount=2', 5],
    ['b', '', 5],
    ['a', 'stripeCount=4', 5],
  ]);
  expect(beds.map(({ disks, templates }) => [disks.length, templates.length])).toEqual([
    [1, 0],
    [0, 2],
    [1, 0],
  ]);
  expect(storagesUsed(arms)).toEqual(['a', 'b']);
});

it('finds a bed for the disks and for the template of every arm', () => {
  const names = fc.constantFrom('a', 'b');
  const arms = fc.array(
    fc.record({
      storage: names,
      template: fc.oneof(fc.constant('same'), names),
      templateData: fc.constantFrom(0, 1),
      stripeCount: fc.constantFrom(1, 'inherit' as const),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(arms, (held) => {
      const all = held.map(({ storage, ...rest }) => arm(storage, rest));
      const beds = planBeds(all);
      expect(new Set(beds.map(({ key }) => key)).size).toBe(beds.length);
      for (const levels of all) {
        const of = (key: string) => beds.find((bed) => bed.key === key);
        expect(of(bedKey(levels))?.disks).toContain(levels);
        expect(of(bedKey(templateLevels(levels)))?.templates).toContain(levels);
      }
    }),
  );
});
