import { describe, expect, it } from 'vitest';
import type { Level, Run } from '../../results/schema.ts';
import { crossRun } from './synthetic-cross.example.ts';

const said = (interaction: number, storage: number, noise = 0.02, blocks = 12) =>
  crossRun({ gains: { copyOnWrite: 3, storage, interaction }, noise, blocks }).answer;

describe('the sentence on copy-on-write and storage', () => {
  it('gives each its part, and says that they do not interact', () => {
    const [first, ...others] = said(1, 0.9);
    expect(first?.kind).toBe('different');
    expect(first?.text).toMatch(
      /^Copy-on-write makes guest creation (2\.9|3\.0)\d times as fast \(\d\.\d\d–\d\.\d\d\), shared 0\.\d\d times \(0\.\d\d–0\.\d\d\); together 2\.\d\d times \(2\.\d\d–2\.\d\d\): the two do not interact \(interaction \S+, \S+–\S+, within ±5 %\) \(n = 12 in each of 4 arms\); local and shared lie on one device, so the part of shared is the noise floor\.$/,
    );
    // The same is not said twice in other words.
    expect(others.map(({ text }) => text).join()).not.toMatch(/creation/);
  });

  it('says how they interact where they do', () => {
    expect(said(0.5, 0.9)[0]?.text).toMatch(
      /they interact \(interaction 0\.\d\d, 0\.\d\d–0\.\d\d\): copy-on-write gives 4\.\d\d times on local, 2\.\d\d times on shared/,
    );
  });

  it('does not call open equal', () => {
    const [first] = said(0.88, 1.05, 0.1, 7);
    expect(first?.text).toContain('whether they interact is open');
    expect(first?.text).toMatch(/shared \S+ times \(\S+–\S+, inconclusive\)/);
    expect(said(1, 1, 0.01)[0]?.text).toMatch(/shared \S+ times \(\S+, equal within ±5 %\)/);
  });

  it('says that there are no intervals where there are too few trials', () => {
    expect(said(1, 1, 0.02, 4)[0]?.text).toContain(
      '(n = 4 in each of 4 arms, no intervals below 6 trials of each arm)',
    );
  });

  it('tells the gain of copy-on-write for each combination of the other levels', () => {
    const factors: Record<string, Level[]> = {
      storage: ['local', 'shared'],
      provisioning: ['clone', 'copy'],
      guests: [1, 4],
    };
    const gains = { copyOnWrite: 3, storage: 1, interaction: 1 };
    const { answer, run } = crossRun({ gains, factors });
    expect(answer[0]?.text).toMatch(
      / Copy-on-write alone: \S+ times at 1 guest, \S+ times at 4 guests\.$/,
    );
    expect((run satisfies Run).factors['provisioning']).toEqual(['clone', 'copy']);
  });
});
