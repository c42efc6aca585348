import { median } from 'simple-statistics';
import type { SampleColumns, SampleLabels } from '../results/sample-columns.ts';
import type { Kind, Metric, Run, Trial } from '../results/schema.ts';
import { observerNames } from '../observe/observer.ts';
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

/** How a trial ended that counts. */
export type Outcome = 'completed' | 'not-converged' | 'failed';

/** The figure of one trial: the median over its guests of the medians over their iterations. */
export interface TrialValue {
  trial: number;
  block: number;
  /** Seconds since the run began, at the start of the trial. */
  at: number;
  /** In the metric's unit. A trial that failed or did not converge is worst of all: infinite. */
  value: number;
  outcome: Outcome;
  /** Others used the storage meanwhile. */
  contaminated?: true;
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
  const merged = commonKind(groups);
  const byId = new Map<string, { key: SeriesKey; unit: string; values: Map<number, number> }>();
  for (const group of groups) {
    const { unit } = group.labels;
    const key = { ...keyOf(group.labels), ...(merged && { kind: merged }) };
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
    .filter(({ arms }) =>
      arms.some((values) => values.some(({ outcome }) => outcome === 'completed')),
    )
    .sort(
      (a, b) =>
        rank(a.key.metric) - rank(b.key.metric) ||
        observerRank(a.key.observer) - observerRank(b.key.observer),
    );
}

/**
 * Where imported figures stand beside others, both are in one series, under the kind of the others: which
 * of the arms were imported, the run tells.
 */
function commonKind(groups: readonly SampleColumns[]): Kind | undefined {
  const kinds = new Set(groups.map(({ labels }) => labels.kind));
  const [other] = [...kinds].filter((kind) => kind !== 'imported');
  return kinds.size === 2 && kinds.has('imported') ? other : undefined;
}

/** The observers of a migration have an order; all others stay in that of the samples. */
function observerRank(name: string | undefined): number {
  return observerNames.findIndex((known) => known === name);
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
  { trial, block, startedAt, state, contaminated }: Trial,
  better: Metric['better'],
  value: number | undefined,
  foreign: boolean,
): TrialValue | undefined {
  const common = {
    trial,
    block,
    at: startedAt,
    ...(contaminated && { contaminated: true as const }),
  };
  if (state === 'completed') {
    return value === undefined ? undefined : { ...common, value, outcome: state };
  }
  if (state !== 'failed' && state !== 'not-converged') return undefined;
  if (better === 'neither' || foreign) return undefined;
  const worst = better === 'lower' ? Infinity : -Infinity;
  return { ...common, value: worst, outcome: state };
}

function* valuesByTrial({ columns, length }: SampleColumns): Generator<[number, number]> {
  const { value, trial, guest } = columns;
  const rows = rowsByTrial(trial, length);
  const row = (at: number) => rows[at] as number;
  for (let start = 0, end = 0; start < length; start = end) {
    const number = trial[row(start)] as number;
    let apart = true;
    for (end = start + 1; end < length && trial[row(end)] === number; end++) {
      apart &&= (guest[row(end - 1)] as number) < (guest[row(end)] as number);
    }
    if (apart) yield [number, medianOf(valuesAt(rows, start, end))];
    else yield [number, medianOfGuests(rows.subarray(start, end))];
  }

  // Without iterators and views: they would take most of the time of a large run.
  function valuesAt(some: ArrayLike<number>, start: number, end: number): number[] {
    const values: number[] = [];
    for (let index = start; index < end; index++) {
      values.push(value[some[index] as number] as number);
    }
    return values;
  }

  function medianOfGuests(own: Uint32Array): number {
    const guests = new Map<number, number[]>();
    for (const at of own) {
      const who = guest[at] as number;
      const list = guests.get(who);
      if (list === undefined) guests.set(who, [at]);
      else list.push(at);
    }
    const medians = Array.from(guests.values(), (list) => medianOf(valuesAt(list, 0, list.length)));
    return medianOf(medians);
  }
}

/** Rows in the order of their trials; as a rule that is the order in which they were written. */
function rowsByTrial(trial: Int32Array, length: number): Uint32Array {
  const rows = new Uint32Array(length);
  let ascending = true;
  for (let row = 0; row < length; row++) {
    rows[row] = row;
    if (row > 0 && (trial[row - 1] as number) > (trial[row] as number)) ascending = false;
  }
  return ascending ? rows : rows.sort((a, b) => (trial[a] as number) - (trial[b] as number));
}

function medianOf(values: number[]): number {
  return values.length === 1 ? (values[0] as number) : median(values);
}
