import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';

describe('EventQueue', () => {
  it('gives events in the order of their time, those of one time as they were entered', () => {
    const step = fc.oneof(
      fc.record({ wait: fc.integer({ min: 0, max: 5 }), detail: fc.nat(1000) }),
      fc.constant('next' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const queue = new EventQueue();
        let pending: { at: number; entered: number; detail: number }[] = [];
        for (const [entered, one] of [...steps, ...steps.map(() => 'next' as const)].entries()) {
          if (one !== 'next') {
            const at = queue.now + one.wait;
            queue.push(at, 1, entered, one.detail);
            pending.push({ at, entered, detail: one.detail });
            continue;
          }
          pending.sort((a, b) => a.at - b.at || a.entered - b.entered);
          const [first, ...rest] = pending;
          expect(queue.length).toBe(pending.length);
          expect(queue.next()).toBe(first !== undefined);
          if (first === undefined) continue;
          expect([queue.now, queue.subject, queue.detail]).toEqual([
            first.at,
            first.entered,
            first.detail,
          ]);
          pending = rest;
        }
      }),
    );
  });

  it('takes nothing that is over', () => {
    const queue = new EventQueue();
    queue.push(2, 7);
    queue.next();
    expect(queue).toMatchObject({ now: 2, kind: 7 });
    expect(() => queue.push(1, 0)).toThrow('expected a time from 2 on, got 1');
    expect(() => queue.push(NaN, 0)).toThrow('got NaN');
  });
});
