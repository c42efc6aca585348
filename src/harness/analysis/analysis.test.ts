import { describe, expect, it } from 'vitest';
import type { Trial } from '../results/schema.ts';
import { analyse } from './analysis.ts';
import { groupSamples } from './group-samples.ts';
import { syntheticRun, type Synthetic } from './synthetic-run.example.ts';

function analysed(options: Synthetic) {
  const { run, trials, samples } = syntheticRun(options);
  return analyse({ run, trials, groups: groupSamples(samples) });
}

const effect = (analysis: ReturnType<typeof analysed>, id: string, factor: string) =>
  analysis.effects.find((one) => one.series.id === id && one.factor === factor);

describe('analyse', () => {
  const full = analysed({ blocks: 12 });

  it('finds the effects that are in the data, and their size', () => {
    const clone = effect(full, 'creation.total', 'provisioning');
    expect(clone?.judgement.kind).toBe('different');
    expect(clone?.ratio?.estimate).toBeGreaterThan(0.45);
    expect(clone?.ratio?.estimate).toBeLessThan(0.6);
    const write = effect(full, 'guest-io.throughput job=randwrite', 'storage');
    expect(write?.ratio?.interval?.low).toBeLessThan(0.81);
    expect(write?.ratio?.interval?.high).toBeGreaterThan(0.81);
  });

  it('calls arms equal only where the interval lies inside the margin', () => {
    const read = effect(full, 'guest-io.throughput job=seqread', 'storage');
    expect(read?.judgement.kind).toBe('equal');
    expect(read?.ratio?.interval?.low).toBeGreaterThan(1 / 1.05);
    expect(read?.ratio?.interval?.high).toBeLessThan(1.05);
  });

  it('answers in at most six sentences, those with differences first', () => {
    expect(full.answer.length).toBe(6);
    const kinds = full.answer.map(({ kind }) => kind);
    expect(kinds).toEqual([...kinds].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    const said = full.answer.map(({ text }) => text);
    expect(said[0]).toMatch(
      /^Copy-on-write makes guest creation 1\.\d+ times as fast \(1\.\d+–[12]\.\d+\), shared /,
    );
    expect(said).toContainEqual(
      expect.stringMatching(
        /^At 4 guests, guest creation is \S+ (%|times) .* at 1 guest \(ratio \d\.\d+, \d\.\d+–\d\.\d+, n = 12 in each of 4 pairs of arms\)/,
      ),
    );
  });
  const order = ['different', 'equal', 'inconclusive', 'not-comparable'];

  it('says that storages on one device show the noise floor, and what was emulated', () => {
    const said = full.caveats.join(' ');
    expect(said).toContain('All guests were emulated (TCG)');
    expect(said).toContain('shared is a stand-in (shared directory)');
    expect(said).toContain('local and shared lie on one device');
    expect(effect(full, 'creation.total', 'storage')?.noiseFloor).toBe(true);
    expect(effect(full, 'creation.total', 'guests')?.noiseFloor).toBe(false);
  });

  it('gives no interval and no verdict below 6 trials', () => {
    const few = analysed({ blocks: 5 });
    expect(
      few.series.flatMap(({ summaries }) => summaries.flatMap((one) => one?.interval ?? [])),
    ).toEqual([]);
    expect(new Set(few.effects.map(({ judgement }) => judgement.kind))).toEqual(
      new Set(['inconclusive']),
    );
    const said = few.answer.map(({ text }) => text);
    expect(said[0]).toContain('no intervals below 6 trials of each arm');
    expect(said[1]).toContain('at least 1 more trial of each arm would give an interval');
  });

  it('never compares across accelerators', () => {
    const mixed = analysed({ factors: { accelerator: ['kvm', 'tcg'] }, blocks: 8 });
    expect(mixed.effects.map(({ judgement }) => judgement)).toContainEqual({
      kind: 'not-comparable',
      why: 'the guests ran under different accelerators',
    });
    expect(mixed.effects.some(({ ratio }) => ratio !== undefined)).toBe(false);
    expect(mixed.answer[0]?.text).toContain('not comparable, because the guests ran under');
  });

  it('names no winner between hypervisors that ran emulated', () => {
    const { effects } = analysed({ factors: { hypervisor: ['qemu', 'other'] }, blocks: 8 });
    expect(new Set(effects.map(({ judgement }) => judgement.kind))).toEqual(
      new Set(['not-comparable']),
    );
  });

  it('ranks failed trials as worst, and says how many there are', () => {
    const failing = analysed({
      factors: { provisioning: ['copy', 'clone'] },
      blocks: 8,
      failed: [0, 1, 2],
    });
    const creation = failing.series.find(({ id }) => id === 'creation.total');
    const counts = creation?.summaries.map((summary) => [summary?.n, summary?.failed]);
    expect(counts?.map(([n]) => n)).toEqual([8, 8]);
    expect(counts?.reduce((sum, [, failed]) => sum + (failed ?? 0), 0)).toBe(3);
    expect(failing.warnings[0]).toMatch(/^3 trials failed/);
  });

  it('tells arms that mostly failed as such, and not as a ratio', () => {
    const made = syntheticRun({ factors: { provisioning: ['copy', 'clone'] }, blocks: 8 });
    const fails = ({ arm, block }: Trial) => arm['provisioning'] === 'clone' && block > 0;
    const lost = new Set(made.trials.filter(fails).map(({ trial }) => trial));
    const { answer } = analyse({
      run: made.run,
      trials: made.trials.map((one) => (fails(one) ? { ...one, state: 'failed' as const } : one)),
      groups: groupSamples(made.samples.filter(({ trial }) => !lost.has(trial))),
    });
    const said = answer.map(({ text }) => text);
    expect(said).toContain(
      'With clone, guest creation has no figure in most trials: nothing to compare with that with copy (n = 8); 7 of 16 trials failed and rank as worst.',
    );
    expect(said.join()).not.toMatch(/∞|100 %/);
  });

  it('leaves pairs of arms with failures out of a main effect that they would leave open', () => {
    const one = effect(analysed({ blocks: 6, failed: [3] }), 'creation.total', 'provisioning');
    expect(one).toMatchObject({
      leftOut: 1,
      failed: 1,
      trials: 48,
      judgement: { kind: 'different' },
    });
    expect(one?.pairs.length).toBe(3);
  });

  it('describes where there is nothing to compare', () => {
    const { answer } = analysed({ factors: {}, blocks: 8, jobs: ['randread'] });
    expect(answer.map(({ kind }) => kind)).toEqual(['measured', 'measured']);
    expect(answer[0]?.text).toMatch(/^Guest creation: 2\.\d\d s \(2\.\d\d–2\.\d\d, n = 8\)\.$/);
  });

  it('says where an effect depends on another factor', () => {
    const { run, trials, samples } = syntheticRun({ blocks: 12, measure: ['creation'] });
    const slower = samples.map((sample) =>
      sample.arm['storage'] === 'shared' && sample.arm['provisioning'] === 'clone'
        ? { ...sample, value: sample.value * 1.5 }
        : sample,
    );
    const found = effect(
      analyse({ run, trials, groups: groupSamples(slower) }),
      'creation.total',
      'provisioning',
    );
    expect(found?.interaction?.factor).toBe('storage');
    const [local, shared] = found?.interaction?.at ?? [];
    expect((shared?.ratio ?? 0) / (local?.ratio ?? 1)).toBeCloseTo(1.45, 1);
    expect(effect(full, 'guest-io.throughput job=seqread', 'storage')?.interaction).toBeUndefined();
  });

  it('adjusts p values over all comparisons of headline figures', () => {
    const compared = full.series.flatMap(({ comparisons }) =>
      comparisons.flatMap((one) => one ?? []),
    );
    const tested = compared.filter(({ p }) => p !== undefined);
    expect(tested.length).toBe(4 * 7);
    for (const { p = 0, adjustedP = 0 } of tested) expect(adjustedP).toBeGreaterThanOrEqual(p);
  });

  it('gives the same for the same input', () => {
    expect(analysed({ blocks: 8 }).effects.map(({ ratio }) => ratio)).toEqual(
      analysed({ blocks: 8 }).effects.map(({ ratio }) => ratio),
    );
  });
});
