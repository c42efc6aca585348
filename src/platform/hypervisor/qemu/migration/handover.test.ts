import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Handover } from './handover.ts';

it('gives the guest to one side only, whatever is asked in whatever order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('toSource', 'toTarget'), { minLength: 1 }), (asked) => {
      const handover = new Handover();
      const given = asked.filter((side) => handover[side]());
      expect(new Set(given).size).toBe(1);
      expect(given[0]).toBe(asked[0]);
      expect(given.filter((side) => side === 'toTarget').length).toBeLessThanOrEqual(1);
    }),
  );
});

it('takes it back from a target that refused, never from a source', () => {
  const handover = new Handover();
  handover.toTarget();
  handover.refused();
  expect(handover.toSource()).toBe(true);
  handover.refused();
  expect(handover.toTarget()).toBe(false);
});
