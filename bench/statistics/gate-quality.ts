import { binomialBound } from '../../src/base/stats/binomial-bound.ts';
import { seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import { againstRuns } from '../../src/harness/analysis/gate/against-runs.ts';
import { confidenceOfEach } from '../../src/harness/analysis/gate/gate.ts';
import { gateVerdict } from '../../src/harness/analysis/gate/gate-verdict.ts';
import { interleavedRatio } from '../../src/harness/analysis/gate/level-gate.ts';
import { type RunLevel, runLevel } from '../../src/harness/analysis/gate/run-level.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { ratioOfMeans, tTestWithThreshold, type Rule } from './rules-of-others.ts';
import { drawInterleaved, drawMetrics, drawRun } from './synthetic-metrics.ts';

/** Those of `virtgauge gate` by default. */
const margin = 0.05;
const familyError = 0.01;
const metricCount = 20;
const confidence = confidenceOfEach(familyError, metricCount);
const trials = 10;
const blocks = 20;

const others: readonly { name: string; about: string; rule: Rule }[] = [
  { name: '150', about: 'ratio of the means of two runs above 150 %', rule: ratioOfMeans(1.5) },
  { name: '110', about: 'ratio of the means of two runs above 110 %', rule: ratioOfMeans(1.1) },
  { name: 't', about: 't-test at 5 % and a change above 5 %', rule: tTestWithThreshold(0.05) },
];

/** How often the gate is wrong, and what it finds, in simulated series; the same through others' rules. */
export const gateQuality: Benchmark = {
  name: 'gate-quality',
  about: `false alarms and power of the gate in simulated runs with ${metricCount} metrics`,
  run(context) {
    const count = context.pairs ?? 2000;
    return Promise.resolve([
      ...nullRows(count, context),
      ...interleavedRows(count, context),
      ...historyRows(count, context),
    ]);
  },
};

/** Nothing has changed: shares of comparisons with any alarm among all metrics. */
function nullRows(count: number, { signal, progress }: BenchmarkContext): Row[] {
  const random = seededRandom('gate null');
  const alarms = { ours: 0, others: others.map(() => 0) };
  for (let comparison = 0; comparison < count; comparison++) {
    signal.throwIfAborted();
    const metrics = drawMetrics(metricCount, random);
    const earlier = Array.from({ length: 5 + random.integer(16) }, () =>
      drawRun(metrics, trials, random),
    );
    const now = drawRun(metrics, trials, random);
    if (metrics.some((_, metric) => gateFires(earlier, now, metric))) alarms.ours++;
    const last = earlier.at(-1) ?? [];
    for (const [index, { rule }] of others.entries()) {
      if (now.some((values, metric) => rule(last[metric] ?? [], values))) {
        alarms.others[index] = (alarms.others[index] ?? 0) + 1;
      }
    }
    if (comparison % 500 === 499) progress(`${comparison + 1} of ${count} null comparisons`);
  }
  const bound = binomialBound(alarms.ours, count, 0.99);
  return others.map(({ name, about }, index) => ({
    name: `gate-null-${name}`,
    unit: '% alarms',
    ours: (100 * alarms.ours) / count,
    other: (100 * (alarms.others[index] ?? 0)) / count,
    pairs: count,
    ...(index === 0 && {
      goal: '≤ 1 %, 99 % bound ≤ 1.5 %',
      outcome:
        alarms.ours / count <= 0.01 && bound <= 0.015 ? ('met' as const) : ('short' as const),
    }),
    note: `nothing changed, ${metricCount} metrics, 5 to 20 earlier runs of ${trials} trials, with drift and outliers; the other: ${about}${index === 0 ? `; 99 % bound of ours ${(100 * bound).toFixed(2)} %` : ''}`,
  }));
}

function gateFires(
  earlier: readonly (readonly number[][])[],
  now: readonly number[][],
  metric: number,
): boolean {
  const levels = earlier.map((run) => level(run[metric]));
  const interval = againstRuns(levels, [level(now[metric])], confidence);
  return interval !== undefined && gateVerdict(interval, 'lower', margin) === 'regression';
}

function level(values: readonly number[] = []): RunLevel {
  const made = runLevel(values);
  if (made === undefined) throw new Error('expected values with a level');
  return made;
}

/** Both versions interleaved in one run: what is found of 5 %, and false alarms without a change. */
function interleavedRows(count: number, { signal }: BenchmarkContext): Row[] {
  const random = seededRandom('gate interleaved');
  const noise = [{ within: 0.02, between: 0 }];
  const families = Array.from({ length: metricCount }, () => noise[0] ?? { within: 0, between: 0 });
  const found = { ours: 0, others: others.map(() => 0) };
  let alarms = 0;
  const fires = (pairs: { baseline: number; other: number }[]) => {
    // What is not seen at 98 % is not at more: most null comparisons end here.
    const quick = ratioInterval(
      [...pairs].map((pair) => [pair]),
      {
        ...{ random, resamples: 500, confidence: 0.98 },
      },
    );
    if (quick === undefined || gateVerdict(quick, 'lower', margin) !== 'regression') return false;
    const interval = interleavedRatio(pairs, confidence, random);
    return interval !== undefined && gateVerdict(interval, 'lower', margin) === 'regression';
  };
  for (let comparison = 0; comparison < count; comparison++) {
    signal.throwIfAborted();
    const [pairs = []] = drawInterleaved(noise, blocks, 1.05, random);
    if (fires(pairs)) found.ours++;
    const sides = [pairs.map(({ baseline }) => baseline), pairs.map(({ other }) => other)] as const;
    for (const [index, { rule }] of others.entries()) {
      if (rule(...sides)) found.others[index] = (found.others[index] ?? 0) + 1;
    }
    if (drawInterleaved(families, blocks, 1, random).some(fires)) alarms++;
  }
  // The least power that fits so many misses.
  const least = 1 - binomialBound(count - found.ours, count, 0.99);
  const bound = binomialBound(alarms, count, 0.99);
  return [
    ...others.map(({ name, about }, index): Row => ({
      name: `gate-ab-5%-${name}`,
      unit: '% found',
      ours: (100 * found.ours) / count,
      other: (100 * (found.others[index] ?? 0)) / count,
      pairs: count,
      ...(index === 0 && {
        goal: '≥ 95 %',
        outcome: found.ours / count >= 0.95 ? ('met' as const) : ('short' as const),
      }),
      note: `5 % slower, interleaved, within-run CV 2 % and outliers, n = ${blocks}, as one of ${metricCount} metrics; the other: ${about}${index === 0 ? `; 99 % bound of ours ${(100 * least).toFixed(1)} %` : ''}`,
    })),
    {
      ...{ name: 'gate-ab-null', unit: '% alarms', ours: (100 * alarms) / count, pairs: count },
      goal: '≤ 1 %, 99 % bound ≤ 1.5 %',
      outcome: alarms / count <= 0.01 && bound <= 0.015 ? 'met' : 'short',
      note: `nothing changed, ${metricCount} metrics interleaved; 99 % bound ${(100 * bound).toFixed(2)} %`,
    },
  ];
}

/** What the gate finds against earlier runs, where one of the metrics is slower. */
function historyRows(count: number, { signal, progress }: BenchmarkContext): Row[] {
  const noise = [{ within: 0.05, between: 0.02 }];
  return [5, 10, 20].map((runs): Row => {
    const random = seededRandom(`gate history ${runs}`);
    const found = [1.1, 1.2, 1.3].map((slower) => {
      let hits = 0;
      for (let comparison = 0; comparison < count; comparison++) {
        signal.throwIfAborted();
        const earlier = Array.from({ length: runs }, () => drawRun(noise, trials, random));
        const now = drawRun(noise, trials, random).map((one) => one.map((value) => slower * value));
        if (gateFires(earlier, now, 0)) hits++;
      }
      return `${Math.round(100 * (slower - 1))} %: ${((100 * hits) / count).toFixed(0)} %`;
    });
    progress(`power against ${runs} earlier runs: ${found.join(', ')}`);
    const [first = ''] = found;
    return {
      ...{ name: `gate-history-${runs}`, unit: '% found', pairs: count },
      ours: Number(first.replace(/^.*: (\d+) %$/, '$1')),
      note: `one of ${metricCount} metrics slower, between runs 2 %, within 5 %, n = ${trials}; found at ${found.join(', at ')}`,
    };
  });
}
