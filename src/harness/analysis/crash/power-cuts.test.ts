import { describe, expect, it } from 'vitest';
import { crashMetrics } from '../../measure/crash/metrics.ts';
import type { Arm, Run, Sample, Trial } from '../../results/schema.ts';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';

/** A run of power cuts: of each cache mode the writes lost in each cut. */
function cuts(
  lost: Record<string, number[]>,
  { factor = 'cache', fixed = {} }: { factor?: string; fixed?: Record<string, unknown> } = {},
) {
  const arms: Arm[] = Object.keys(lost).map((level) => ({ [factor]: level }));
  const trials: Trial[] = [];
  const samples: Sample[] = [];
  for (const [level, values] of Object.entries(lost)) {
    for (const [block, value] of values.entries()) {
      const [trial, arm] = [trials.length, { [factor]: level }];
      trials.push({ trial, block, arm, state: 'completed', startedAt: trial, duration: 1 });
      const add = (metric: string, figure: number) =>
        samples.push({
          ...{ metric, value: figure, unit: 'writes', arm, trial, kind: 'measured', at: trial },
        });
      add('crash.lost-writes', value);
      add('crash.acknowledged', 100);
    }
  }
  const run: Run = {
    ...{ schema: 1, id: 'crash', source: 'crash.yaml', overrides: [], seed: '1' },
    scenario: { name: 'crash', measure: { crash: {} }, fixed },
    ...{ startedAt: '2026-11-20T12:00:00Z', arms, factors: { [factor]: Object.keys(lost) } },
    environment: { virtgauge: '0', node: '20', versions: {}, storages: {} },
    metrics: crashMetrics,
  };
  const { powerCuts, answer } = analyse({ run, trials, groups: groupSamples(samples) });
  const verdicts = powerCuts.map(({ verdict }) => verdict);
  return {
    powerCuts,
    verdicts,
    answer: answer.map(({ text }) => text),
    kinds: answer.map(({ kind }) => kind),
  };
}

const none = (n: number) => Array<number>(n).fill(0);

describe('power cuts', () => {
  it('that lost nothing say so with what they still permit, once the control has lost', () => {
    const { powerCuts, verdicts, answer } = cuts({
      none: none(20),
      unsafe: Array<number>(20).fill(90),
    });
    expect(verdicts).toEqual(['kept', 'control']);
    expect(powerCuts[0]).toMatchObject({ n: 20, losing: 0, lost: 0, acknowledged: 2000 });
    expect(powerCuts[0]?.bound).toBeCloseTo(0.139, 3);
    expect(answer).toEqual([
      'With cache none, none of 2,000 acknowledged writes was lost in 20 power cuts; that still permits losses in up to 14 % of power cuts (95 % confidence, 1 − 0.05^(1/n)).',
      'Positive control: with cache unsafe, 20 of 20 power cuts lost writes that were acknowledged (1,800 of 2,000). Losses are seen here.',
    ]);
  });

  it('show nothing where the control kept what it should have lost', () => {
    const { verdicts, answer, kinds } = cuts({ none: none(6), unsafe: [4, 0, 0, 0, 0, 0] });
    expect(verdicts).toEqual(['not-testable', 'control']);
    expect(kinds).toEqual(['inconclusive', 'lost-writes']);
    expect(answer[0]).toContain('which shows nothing here: with cache unsafe only 1 of 6 lost any');
    expect(answer[1]).toContain('The positive control has failed');
  });

  it('show nothing without a control', () => {
    const { verdicts, answer } = cuts({ none: none(6), writeback: none(6) });
    expect(verdicts).toEqual(['not-testable', 'not-testable']);
    expect(answer.join()).toContain('no arm with cache unsafe stands beside it');
  });

  it('that lost something need no control, and come first', () => {
    const { verdicts, answer } = cuts({ none: none(6), writeback: [0, 0, 7, 0, 0, 1] });
    expect(verdicts).toEqual(['not-testable', 'lost']);
    expect(answer[0]).toContain(
      'With cache writeback, 2 of 6 power cuts lost writes that were acknowledged (8 of 600); up to 73 % of power cuts may',
    );
  });

  it('of an unsafe cache that the scenario holds are a control, not a claim', () => {
    const held = { factor: 'storage', fixed: { cache: 'unsafe' } };
    expect(cuts({ local: [5, 5], shared: [0, 0] }, held).verdicts).toEqual(['control', 'control']);
  });
});
