import { expect, it } from 'vitest';
import { analyse } from '../../analysis/analysis.ts';
import { groupSamples } from '../../analysis/group-samples.ts';
import { syntheticRun } from '../../analysis/synthetic-run.example.ts';
import { paletteOf } from '../palette.ts';
import { creationPhases } from './creation-phases.ts';

/** A restored guest has a phase `restore` in place of firmware and kernel, and `identity` then. */
const restored: Readonly<Record<string, string | undefined>> = {
  firmware: undefined,
  kernel: 'restore',
  userspace: 'identity',
};

it('gives the phases of restored guests places and colours of their own beside those of boots', () => {
  const { run, trials, samples } = syntheticRun({
    factors: { start: ['boot', 'snapshot'] },
    measure: ['creation'],
    blocks: 6,
  });
  const changed = samples.flatMap((sample) => {
    const { phase = '', arm } = sample;
    if (arm['start'] === 'boot' || !Object.hasOwn(restored, phase)) return [sample];
    const now = restored[phase];
    return now === undefined ? [] : [{ ...sample, phase: now }];
  });
  const analysis = analyse({ run, trials, groups: groupSamples(changed) });
  const [chart] = creationPhases(analysis, paletteOf(run));
  const { layer } = chart?.spec as unknown as {
    layer: {
      data: { values: { arm: string; phase: string }[] };
      encoding: { color: { scale: { domain: string[]; range: string[] } } };
    }[];
  };
  const { domain, range } = layer[0]?.encoding.color.scale ?? { domain: [], range: [] };
  expect(domain).toEqual([
    ...['provision', 'define', 'spawn', 'restore', 'firmware', 'kernel', 'userspace'],
    ...['identity', 'ready', 'unaccounted'],
  ]);
  expect(new Set(range).size).toBe(domain.length);
  const phases = layer[0]?.data.values.filter(({ arm }) => arm === 'from a snapshot');
  expect(phases?.map(({ phase }) => phase)).not.toContain('kernel');
  expect(chart?.caption).toContain('started from a snapshot');
});
