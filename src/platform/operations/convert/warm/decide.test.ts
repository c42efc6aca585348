import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type CarriedPass } from './decide.ts';

const MiB = 2 ** 20;
const pass = (fields: Partial<CarriedPass>): CarriedPass => ({
  ...{ whole: false, read: 0, sent: 0, seconds: 1, rest: 0, lost: false },
  ...fields,
});
const first = pass({ whole: true, read: 1000 * MiB, sent: 500 * MiB, seconds: 50, rest: 30 * MiB });

describe('after a pass', () => {
  it('foretells the rest from the rate at which was sent, not read', () => {
    expect(decide([first], 1)).toEqual({ next: 'again', predicted: 3 });
    expect(decide([first], 3)).toEqual({ next: 'cut-over', predicted: 3 });
  });

  it('takes the rate of the last pass that tells one', () => {
    const second = pass({ read: 30 * MiB, sent: 30 * MiB, seconds: 2, rest: 3 * MiB });
    const third = pass({ read: 1000, sent: 1000, seconds: 0.1, rest: 3 * MiB });
    expect(decide([first, second, third], 1).predicted).toBeCloseTo(0.2);
  });

  it('has all before it where something was lost, as long as that took last', () => {
    expect(decide([{ ...first, lost: true }], 1)).toEqual({ next: 'again', predicted: 50 });
    const compared = pass({ whole: true, read: 1000 * MiB, seconds: 8, rest: MiB, lost: true });
    expect(decide([{ ...first, lost: true }, compared], 10).next).toBe('cut-over');
  });

  it('does not go on for ever without a tracker: comparing all takes no less the next time', () => {
    const compared = pass({ whole: true, read: 1000 * MiB, seconds: 8, lost: true });
    const passes = [{ ...first, lost: true }];
    let rounds = 0;
    while (decide(passes, 1).next === 'again') {
      passes.push(compared);
      rounds += 1;
    }
    expect(decide(passes, 1).next).toBe('give-up');
    expect(rounds).toBeLessThan(6);
  });

  it('ends, whatever is written', () => {
    const any = fc.record({
      whole: fc.boolean(),
      read: fc.nat(),
      sent: fc.nat(),
      seconds: fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
      rest: fc.nat(),
      lost: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 30, maxLength: 30 }), (passes) => {
        expect(decide(passes, 0.5).next).not.toBe('again');
      }),
    );
  });

  it('never cuts over with more left than the budget', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1e9 }),
        fc.double({ min: 0.01, max: 60, noNaN: true }),
        (rest, budget) => {
          const { next, predicted } = decide([{ ...first, rest }], budget);
          expect(next === 'cut-over').toBe(predicted <= budget);
          expect(predicted).toBeCloseTo(rest / (10 * MiB), 6);
        },
      ),
    );
  });

  it('goes on as long as passes get shorter, and gives up where writes are faster than the link', () => {
    const run = (writes: number, link: number) => {
      const passes = [pass({ whole: true, read: 1e9, sent: 1e9, seconds: 1e9 / link })];
      for (;;) {
        const last = passes.at(-1);
        if (last === undefined) throw new Error('no pass');
        last.rest = Math.round(writes * last.seconds);
        const { next } = decide(passes, 1);
        if (next !== 'again') return next;
        passes.push(pass({ read: last.rest, sent: last.rest, seconds: last.rest / link }));
      }
    };
    expect(run(5e6, 10e6)).toBe('cut-over');
    expect(run(20e6, 10e6)).toBe('give-up');
  });
});
