import { describe, expect, it } from 'vitest';
import type { Run } from '../results/schema.ts';
import { analyse } from './analysis.ts';
import { groupSamples } from './group-samples.ts';
import { shownStorage } from './storage-names.ts';
import { syntheticRun } from './synthetic-run.example.ts';

describe('what a storage is called', () => {
  it.each([
    ['lustre', 'MooseFS', 'lustre (MooseFS)'],
    ['LUSTRE-scratch', 'shared directory', 'LUSTRE-scratch (shared directory)'],
    ['not-lustre-moosefs', 'MooseFS', 'not-lustre-moosefs (MooseFS)'],
    ['lustre', 'local', 'lustre (local)'],
    ['shared', 'Lustre', 'shared (Lustre)'],
    ['lustre', 'Lustre', 'lustre'],
    ['scratch-lustre', 'Lustre', 'scratch-lustre'],
    ['moosefs', 'MooseFS', 'moosefs'],
    ['shared', 'shared directory', 'shared'],
    ['local', 'local', 'local'],
    ['nfs', 'Lustre', 'nfs (Lustre)'],
    ['--', 'MooseFS', '-- (MooseFS)'],
  ])('%s on %s is %s', (name, label, shown) => {
    expect(shownStorage(name, { label })).toBe(shown);
  });
});

it('a stand-in under the name of Lustre never fills a cell that says Lustre alone', () => {
  const { run, trials, samples } = syntheticRun({
    factors: { storage: ['local', 'lustre'], template: ['same', 'lustre'] },
    blocks: 6,
    measure: ['creation'],
    change: asLustre,
  });
  const analysis = analyse({ run, trials, groups: groupSamples(samples) });
  const shown = 'lustre (MooseFS)';
  expect(analysis.run.factors).toEqual({ storage: ['local', shown], template: ['same', shown] });
  const levels = [
    ...analysis.run.arms.map((arm) => [arm['storage'], arm['template']]),
    ...analysis.trials.map(({ arm }) => [arm['storage'], arm['template']]),
    ...analysis.groups.map(({ labels: { arm } }) => [arm['storage'], arm['template']]),
    ...analysis.effects.map(({ base, level }) => [base, level]),
  ].flat();
  expect(new Set(levels)).toEqual(new Set(['local', 'same', shown]));
  for (const text of [
    ...analysis.answer.map((sentence) => sentence.text),
    ...analysis.warnings,
    ...analysis.caveats,
  ]) {
    if (text.includes('lustre')) expect(text).toContain('MooseFS');
  }
  expect(analysis.badges).toContain('stand-in: MooseFS (lustre)');
  expect(analysis.series[0]?.arms.map((arm) => arm.length)).toEqual([6, 6, 6, 6]);
});

function asLustre(run: Run): Run {
  const { local, shared } = run.environment.storages;
  const moosefs = { ...shared, kind: 'moosefs', label: 'MooseFS', standIn: 'MooseFS' };
  const storages = { local, lustre: moosefs } as Run['environment']['storages'];
  return { ...run, environment: { ...run.environment, storages } };
}
