import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trial } from '../results/schema.ts';
import { countedTrials } from './counted-trials.ts';

const trial = (number: number, rest: Partial<Trial> = {}): Trial => ({
  trial: number,
  block: Math.floor(number / 4),
  arm: { storage: 'shared' },
  state: 'completed',
  startedAt: number,
  duration: 1,
  ...rest,
});
const dirty = { contaminated: 'the sentinel took 3 times as long' };
const numbers = (trials: readonly Trial[]) => trials.map(({ trial: number }) => number);

describe('countedTrials', () => {
  it('takes the repeat, in the block of what it repeats', () => {
    const all = [trial(0), trial(1, dirty), trial(2), trial(8, { repeats: 1 })];
    const { counted, setAside } = countedTrials(all);
    expect(numbers(counted)).toEqual([0, 2, 8]);
    expect(counted.at(-1)?.block).toBe(0);
    expect([...setAside]).toEqual([[1, 8]]);
  });

  it('keeps a contaminated trial that has no repeat, or none that came to an end', () => {
    expect(numbers(countedTrials([trial(0, dirty)]).counted)).toEqual([0]);
    const aborted = [trial(1, dirty), trial(8, { repeats: 1, state: 'aborted' })];
    expect(numbers(countedTrials(aborted).counted)).toEqual([1]);
  });

  it('prefers of several repeats one that no other load touched', () => {
    const chain = [
      trial(1, dirty),
      trial(8, { repeats: 1, ...dirty }),
      trial(9, { repeats: 8 }),
      trial(10, { repeats: 9, ...dirty }),
    ];
    expect(numbers(countedTrials(chain).counted)).toEqual([9]);
    expect(numbers(countedTrials(chain.slice(0, 2)).counted)).toEqual([8]);
  });

  it('counts each trial once, whatever repeats what', () => {
    const links = fc.array(fc.option(fc.nat({ max: 12 }), { nil: undefined }), { maxLength: 12 });
    fc.assert(
      fc.property(links, (repeats) => {
        const all = repeats.map((of, number) =>
          trial(number, of === undefined ? {} : { repeats: of }),
        );
        const { counted, setAside } = countedTrials(all);
        const both = [...numbers(counted), ...setAside.keys()].sort((a, b) => a - b);
        expect(both).toEqual(numbers(all));
      }),
    );
  });
});
