import { median } from 'simple-statistics';
import type { SampleColumns, SampleLabels } from '../results/sample-columns.ts';
import type { Kind, Metric, Run, Trial } from '../results/schema.ts';
import { armIndex, armKey } from './arms.ts';

/** What tells one series from another, apart from the arm. */
export interface SeriesKey {
  metric: string;
  kind: Kind;
  job?: string;
  percentile?: number;
  phase?: string;
  observer?: string;
}

/** The figure of one trial: the median over its guests of the medians over their iterations. */
export interface TrialValue {
  trial: number;
  block: number;
  /** Seconds since the run began, at the start of the trial. */
  at: number;
  /** In the metric's unit. A failed trial is worst of all: infinite. */
  value: number;
  failed: boolean;
}

/** One figure followed through all trials. */
export interface Series {
  /** Unique in the run; stable from report to report. */
  id: string;
  key: SeriesKey;
  metric: Metric;
  /** One list for each arm of the run, in the order of the trials. */
  arms: TrialValue[][];
}

/** All series of a run, in the order of its metrics; arms without samples have empty lists. */
export function buildSeries(
  run: Run,
  trials: readonly Trial[],
  groups: readonly SampleColumns[],
): Series[] {
  const index = armIndex(run.arms);
  const armOf = new Map(trials.map(({ trial, arm }) => [trial, index.get(armKey(arm)) ?? -1]));
  const completed = new Set<number>();
  for (const { trial, state } of trials) {
    if (state === 'completed') completed.add(armOf.get(trial) ?? -1);
  }
  const byId = new Map<string, { key: SeriesKey; unit: string; values: Map<number, number> }>();
  for (const group of groups) {
    const { unit } = group.labels;
    const key = keyOf(group.labels);
    const id = seriesId(key);
    let entry = byId.get(id);
    if (entry === undefined) byId.set(id, (entry = { key, unit, values: new Map() }));
    for (const [trial, value] of valuesByTrial(group)) entry.values.set(trial, value);
  }
  const order = Object.keys(run.metrics);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...byId]
    .map(([id, { key, unit, values }]) => {
      const metric = run.metrics[key.metric] ?? { title: key.metric, unit, better: 'neither' };
      const arms: TrialValue[][] = run.arms.map(() => []);
      const foreign = new Set(completed);
      for (const trial of values.keys()) foreign.delete(armOf.get(trial) ?? -1);
      for (const trial of trials) {
        const arm = armOf.get(trial.trial) ?? -1;
        const value = trialValue(trial, metric.better, values.get(trial.trial), foreign.has(arm));
        if (value !== undefined) arms[arm]?.push(value);
      }
      return { id, key, metric, arms };
    })
    .filter(({ arms }) => arms.some((values) => values.some(({ failed }) => !failed)))
    .sort((a, b) => rank(a.key.metric) - rank(b.key.metric));
}

/** What tells these samples from others, apart from the arm. */
export function keyOf({ metric, kind, job, percentile, phase, observer }: SampleLabels): SeriesKey {
  return {
    metric,
    kind,
    ...(job === undefined ? {} : { job }),
    ...(percentile === undefined ? {} : { percentile }),
    ...(phase === undefined ? {} : { phase }),
    ...(observer === undefined ? {} : { observer }),
  };
}

/** `guest-io.latency job=randread percentile=99`. */
export function seriesId(key: SeriesKey): string {
  const { metric, ...rest } = key;
  const parts = Object.entries(rest)
    .filter(([name, value]) => !(name === 'kind' && value === 'measured'))
    .map(([name, value]) => `${name}=${value}`);
  return [metric, ...parts].join(' ');
}

/** @param foreign - whether the arm has completed trials, none of them with this figure */
function trialValue(
  { trial, block, startedAt, state }: Trial,
  better: Metric['better'],
  value: number | undefined,
  foreign: boolean,
): TrialValue | undefined {
  const common = { trial, block, at: startedAt };
  if (state === 'completed') {
    return value === undefined ? undefined : { ...common, value, failed: false };
  }
  if (state !== 'failed' || better === 'neither' || foreign) return undefined;
  return { ...common, value: better === 'lower' ? Infinity : -Infinity, failed: true };
}

function* valuesByTrial(group: SampleColumns): Generator<[number, number]> {
  const { value, trial, guest } = group.columns;
  const trials = new Map<number, Map<number, number[]>>();
  for (let at = 0; at < group.length; at++) {
    const number = trial[at] as number;
    const who = guest[at] as number;
    let guests = trials.get(number);
    if (guests === undefined) trials.set(number, (guests = new Map<number, number[]>()));
    const list = guests.get(who);
    if (list === undefined) guests.set(who, [value[at] as number]);
    else list.push(value[at] as number);
  }
  for (const [number, guests] of trials) {
    yield [number, medianOf([...guests.values()].map(medianOf))];
  }
}

function medianOf(values: number[]): number {
  return values.length === 1 ? (values[0] as number) : median(values);
}
