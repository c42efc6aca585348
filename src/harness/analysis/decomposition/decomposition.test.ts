import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossRun } from './synthetic-cross.example.ts';
import { crossesOf } from './crosses.ts';
import type { Decomposition } from './decomposition.ts';

const gain = fc.double({ min: 0.2, max: 5, noNaN: true });
const of = (list: readonly Decomposition[], rest?: string) =>
  list.find((one) => rest === JSON.stringify(one.rest)) as Decomposition;
const plain = (analysis: ReturnType<typeof crossRun>) =>
  of(analysis.decompositions, '{}').parts as NonNullable<Decomposition['parts']>;

describe('the gain of clones on another storage, taken apart', () => {
  it('is what went in, where trials have no noise', () => {
    fc.assert(
      fc.property(gain, gain, gain, (copyOnWrite, storage, interaction) => {
        const parts = plain(crossRun({ gains: { copyOnWrite, storage, interaction }, noise: 0 }));
        expect(parts['copy-on-write'].gain).toBeCloseTo(copyOnWrite, 6);
        expect(parts.storage.gain).toBeCloseTo(storage, 6);
        expect(parts.interaction.gain).toBeCloseTo(interaction, 6);
        expect(parts.whole.gain).toBeCloseTo(copyOnWrite * storage, 6);
        const root = Math.sqrt(interaction);
        expect(parts['copy-on-write on base'].gain).toBeCloseTo(copyOnWrite / root, 6);
        expect(parts['copy-on-write on other'].gain).toBeCloseTo(copyOnWrite * root, 6);
        expect(parts['storage with copy'].gain).toBeCloseTo(storage / root, 6);
        expect(parts['storage with clone'].gain).toBeCloseTo(storage * root, 6);
      }),
      { numRuns: 12 },
    );
  });

  it('has main effects that make up the whole, and shares that sum to 1, whatever the noise', () => {
    fc.assert(
      fc.property(gain, fc.integer({ min: 1, max: 1e6 }), (copyOnWrite, seed) => {
        const gains = { copyOnWrite, storage: 1.3, interaction: 0.8 };
        const parts = plain(crossRun({ gains, noise: 0.1, seed: String(seed) }));
        const both = parts['copy-on-write'].gain * parts.storage.gain;
        expect(both).toBeCloseTo(parts.whole.gain, 9);
        const shares = [parts['copy-on-write'].share, parts.storage.share];
        if (parts.whole.judgement.kind === 'different' && parts.whole.gain > 1) {
          expect((shares[0]?.value ?? 0) + (shares[1]?.value ?? 0)).toBeCloseTo(1, 9);
        } else expect(shares).toEqual([undefined, undefined]);
      }),
      { numRuns: 12 },
    );
  });

  it('covers the truth in about 95 of 100 runs, and finds no interaction where there is none', () => {
    const gains = { copyOnWrite: 3, storage: 0.9, interaction: 1 };
    const runs = Array.from({ length: 60 }, (_, run) =>
      plain(crossRun({ gains, seed: `${run}`, noise: 0.08 })),
    );
    const truth = { 'copy-on-write': 3, storage: 0.9, interaction: 1, whole: 2.7 } as const;
    for (const [name, value] of Object.entries(truth)) {
      const covered = runs.filter((parts) => {
        const { low = NaN, high = NaN } = parts[name as keyof typeof truth].interval ?? {};
        return low <= value && value <= high;
      });
      // 95 % of 60 are 57; four standard deviations of chance below that are 50.
      expect(covered.length, name).toBeGreaterThanOrEqual(50);
    }
    expect(
      runs.filter(({ interaction }) => interaction.judgement.kind === 'different').length,
    ).toBeLessThan(12);
  });

  it('is taken apart for each combination of other levels, and for all together', () => {
    const factors = {
      guests: [1, 4],
      storage: ['local', 'shared', 'far'],
      provisioning: ['sparse', 'copy', 'clone'],
    };
    const gains = { copyOnWrite: 3, storage: 1.2, interaction: 1 };
    const { decompositions, run } = crossRun({ gains, factors, blocks: 6 });
    expect(crossesOf(run).length).toBe(4);
    expect(decompositions.map(({ other, rest }) => [other, rest])).toEqual([
      ['shared', undefined],
      ['shared', { guests: 1 }],
      ['shared', { guests: 4 }],
      ['far', undefined],
      ['far', { guests: 1 }],
      ['far', { guests: 4 }],
    ]);
    const arms = decompositions[1]?.crosses[0]?.arms.map((arm) => run.arms[arm]);
    expect(arms).toEqual(
      ['local', 'shared'].flatMap((storage) =>
        ['copy', 'clone'].map((provisioning) => ({ guests: 1, storage, provisioning })),
      ),
    );
    expect(decompositions[3]?.parts?.storage.gain).toBeCloseTo(1, 1);
  });

  it('has no intervals below six trials, and none without all four arms', () => {
    const gains = { copyOnWrite: 3, storage: 1.2, interaction: 1 };
    const few = plain(crossRun({ gains, blocks: 5 }));
    expect(few['copy-on-write'].interval).toBeUndefined();
    expect(few['copy-on-write'].judgement).toEqual({ kind: 'inconclusive', moreTrials: 1 });
    expect(few.whole.share).toBeUndefined();
    for (const factors of [
      { storage: ['local', 'shared'], provisioning: ['sparse', 'clone'] },
      { storage: ['local'], provisioning: ['copy', 'clone'] },
      { provisioning: ['copy', 'clone'] },
    ]) {
      expect(crossRun({ gains, factors }).decompositions).toEqual([]);
    }
  });

  it('ranks failed trials as worst, and leaves combinations with them out of the whole', () => {
    const gains = { copyOnWrite: 3, storage: 1.2, interaction: 1 };
    const factors = {
      guests: [1, 4],
      storage: ['local', 'shared'],
      provisioning: ['copy', 'clone'],
    };
    const arms = crossRun({ gains, factors, blocks: 6 }).trials.filter(
      ({ arm }) =>
        arm['guests'] === 4 && arm['storage'] === 'local' && arm['provisioning'] === 'copy',
    );
    const failed = arms.slice(0, 2).map(({ trial }) => trial);
    const { decompositions, answer } = crossRun({ gains, factors, blocks: 6, failed });
    const open = of(decompositions, '{"guests":4}');
    expect(open.parts?.['copy-on-write'].interval?.high).toBe(Infinity);
    expect(open.failed).toBe(2);
    const whole = decompositions[0] as Decomposition;
    expect(whole).toMatchObject({ leftOut: 1, failed: 2, trials: 48 });
    expect(whole.parts?.['copy-on-write'].gain).toBeCloseTo(3, 0);
    expect(answer[0]?.text).toContain('1 combination with failed trials left out');
  });
});
