import { describe, expect, it } from 'vitest';
import { runSchema, type Arm, type Environment, type Run } from '../results/schema.ts';
import { acceleratorOf, acceleratorText, usedAccelerators } from './accelerators.ts';
import { analyse } from './analysis.ts';
import { groupSamples } from './group-samples.ts';
import { incomparable } from './incomparable.ts';
import { syntheticHypervisors } from './synthetic-hypervisors.example.ts';
import { syntheticRun } from './synthetic-run.example.ts';

function analysed(emulated: boolean, blocks = 6) {
  const { run, trials, samples } = syntheticHypervisors({ emulated, blocks });
  return analyse({ run, trials, groups: groupSamples(samples) });
}

describe('what ran the guests of an arm', () => {
  const { run } = syntheticHypervisors({ blocks: 0 });
  const texts = (of: Run) =>
    of.arms.map((arm) => acceleratorText(acceleratorOf(of, arm) ?? { name: '' }));

  it('is found by its levels, with what it is inside of', () => {
    expect(runSchema.parse(run)).toEqual(run);
    expect(texts(run).filter((_, arm) => arm % 2 === 0)).toEqual([
      'KVM inside TCG',
      'TCG inside TCG',
      'Xen PVH inside TCG',
      'Xen PV inside TCG',
    ]);
    expect(usedAccelerators(run)).toHaveLength(4);
  });

  it.each([
    ['auto', {}, 'TCG', true],
    ['auto', { accelerator: 'kvm' }, 'KVM', false],
    ['kvm', {}, 'KVM', false],
    ['auto', { accelerator: 'tcg' }, 'TCG', true],
  ])('in a run of an older version: held %s, arm %j', (held, arm: Arm, text, emulated) => {
    const { run: old } = syntheticRun({ blocks: 0, factors: { provisioning: ['copy'] } });
    const scenario = { ...old.scenario, fixed: { accelerator: held } };
    const found = acceleratorOf({ ...old, scenario }, arm);
    expect(found).toMatchObject({ hypervisor: 'qemu', emulated });
    expect(acceleratorText(found ?? { name: '' })).toBe(text);
  });

  it('is nothing where there were no guests', () => {
    const environment: Environment = { ...run.environment };
    delete environment.accelerator;
    delete environment.accelerators;
    const without = { ...run, environment };
    expect(usedAccelerators(without)).toEqual([]);
    expect(analyse({ run: without, trials: [], groups: [] }).badges).toEqual([
      'stand-in: shared directory (shared)',
    ]);
  });
});

describe('emulated guests of several hypervisors', () => {
  const { effects, series, badges, caveats, answer } = analysed(true);

  it('are not compared with each other, and none of them wins', () => {
    for (const { factor, judgement } of effects) {
      if (factor === 'storage') expect(judgement.kind).not.toBe('not-comparable');
      else expect(judgement.kind).toBe('not-comparable');
    }
    for (const one of series.filter(({ metric }) => metric.better !== 'neither')) {
      // The first arm is KVM on local; the second the same on the other storage.
      const kinds = one.comparisons.slice(1).map((each) => each?.judgement.kind);
      expect(kinds[0]).not.toBe('not-comparable');
      expect(new Set(kinds.slice(1))).toEqual(new Set(['not-comparable']));
    }
    const said = answer.map(({ text }) => text).join('\n');
    expect(said).not.toMatch(/(than|as long as|as high as) (under|with) /);
  });

  it('are labelled so, all of them by name', () => {
    expect(badges[0]).toBe(
      'emulated (KVM inside TCG, TCG inside TCG, Xen PVH inside TCG, Xen PV inside TCG)',
    );
    expect(caveats[0]).toContain('none of the hypervisors is better');
  });
});

describe('guests of several hypervisors on hardware', () => {
  const { effects, badges, caveats, run, series } = analysed(false);

  it('are compared, except with those of TCG', () => {
    const kinds = (level: string) =>
      effects.filter((effect) => effect.level === level).map(({ judgement }) => judgement.kind);
    for (const level of ['xen-pvh', 'xen-pv']) {
      expect(kinds(level).length).toBeGreaterThan(0);
      expect(kinds(level)).not.toContain('not-comparable');
    }
    expect(new Set(kinds('tcg'))).toEqual(new Set(['not-comparable']));
    expect(incomparable(run, series[0] as (typeof series)[0], 2, 4)).toMatch(/of one side/);
  });

  it('are labelled by what ran them', () => {
    expect(badges.slice(0, 2)).toEqual(['KVM, Xen PVH, Xen PV', 'emulated (TCG)']);
    expect(caveats[0]).toMatch(/^Guests under TCG were emulated/);
  });
});
