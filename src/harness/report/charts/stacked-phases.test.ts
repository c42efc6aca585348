import { expect, it } from 'vitest';
import { analyse } from '../../analysis/analysis.ts';
import { groupSamples } from '../../analysis/group-samples.ts';
import { syntheticRun } from '../../analysis/synthetic-run.example.ts';
import { paletteOf } from '../palette.ts';
import { stackedPhases } from './stacked-phases.ts';

const words = { id: 'x', title: 'X', subject: 'It takes', axis: 'time' };

/** Phases of creation with every value of some of them multiplied. */
function barsOf(phases: Readonly<Record<string, number>>, times: Readonly<Record<string, number>>) {
  const { run, trials, samples } = syntheticRun({ measure: ['creation'], blocks: 6 });
  const changed = samples.map((sample) => ({
    ...sample,
    value: sample.value * (times[sample.phase ?? ''] ?? 1),
  }));
  const analysis = analyse({ run, trials, groups: groupSamples(changed) });
  const metrics = { parts: 'creation.phase', whole: 'creation.total' };
  const [chart] = stackedPhases({ ...words, ...metrics, phases }, analysis, paletteOf(run));
  const { layer } = chart?.spec as unknown as {
    layer: {
      data: { values: { arm: string; phase: string; value: number }[] };
      encoding: { color: { scale: { domain: string[]; range: string[] } } };
    }[];
  };
  const [bars] = layer;
  if (bars === undefined) throw new Error('no bars');
  return { ...bars.encoding.color.scale, values: bars.data.values };
}

it('takes phases together that are short in every arm, and loses none of their time', () => {
  const all = barsOf({}, {});
  const some = barsOf({}, { spawn: 1e-6, define: 1e-6 });
  expect(some.domain).not.toContain('spawn');
  expect(some.domain).not.toContain('define');
  expect(some.domain.at(-1)).toBe('shorter ones');
  expect(new Set(some.range).size).toBe(some.domain.length);
  const rest = some.values.filter(({ phase }) => phase === 'shorter ones');
  expect(rest).toHaveLength(new Set(all.values.map(({ arm }) => arm)).size);
  for (const { value } of rest) expect(value).toBeGreaterThan(0);
});

it('names a phase that has a colour of its own, however short it is', () => {
  const { domain } = barsOf({ spawn: 3 }, { spawn: 1e-6, define: 1e-6 });
  expect(domain[0]).toBe('spawn');
  expect(domain.at(-1)).toBe('shorter ones');
  expect(domain).not.toContain('define');
});
