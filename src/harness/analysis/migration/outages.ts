import { binomialBound } from '../../../base/stats/binomial-bound.ts';
import type { SampleColumns, SampleLabels } from '../../results/sample-columns.ts';
import type { Run, Trial } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';
import { type Completion, completionOf } from '../completion.ts';
import { type Middle, middleOf } from '../middle.ts';
import type { Series } from '../series.ts';
import { summarize, type Summary } from '../summary.ts';
import { type Calibration, calibrationOf, worstError } from './calibration.ts';
import { downtimeMetric, lostWritesMetric, observerNames, type ObserverName } from './observers.ts';

/** The outage of one arm as one observer saw it; seconds. */
export interface ObserverView {
  observer: ObserverName;
  downtime?: Summary;
  /** The same over completed trials alone: where none was moved, nobody saw an outage. */
  seen?: Summary;
  /** Longest gap of an equally long time without a migration, the median over the trials. */
  floor?: number;
  calibration?: Calibration;
}

/** Migrations after which the acknowledged writes were checked. */
export interface LostWrites {
  /** Acknowledged writes that were missing. */
  lost: number;
  /** Migrations that lost some, of so many. */
  losing: number;
  n: number;
  /** Of these, migrations that did not converge and were cancelled. */
  cancelled: number;
  /** Share of migrations that may lose some all the same, at 95 % confidence. */
  bound: number;
}

/** What is to be said of the migrations of one arm; seconds. */
export interface ArmOutages {
  arm: number;
  total?: Summary;
  lostWork?: Summary;
  views: ObserverView[];
  /**
   * 99th percentile of the load's latency, over the trials; infinite where more than 1 % of the
   * requests were not answered.
   */
  latency: { control?: Middle; migration?: Middle };
  lostWrites?: LostWrites;
  completion: Completion;
}

/** All of the run's migrations, arm by arm; undefined where none was measured. */
export function outagesOf(
  run: Run,
  trials: readonly Trial[],
  groups: readonly SampleColumns[],
  series: readonly (Series & { summaries: (Summary | undefined)[] })[],
): ArmOutages[] | undefined {
  if (!Object.keys(run.metrics).some((name) => name.startsWith('migration.'))) return undefined;
  const completion = completionOf(run, trials);
  const index = armIndex(run.arms);
  const inState = (state: Trial['state']) =>
    trials.filter((trial) => trial.state === state).map(({ trial }) => trial);
  const cancelled = new Set(inState('not-converged'));
  const ended = new Set([...inState('completed'), ...cancelled]);
  return run.arms.map((arm, number) => {
    const figure = (metric: string, observer?: ObserverName) =>
      series.find(({ key }) => key.metric === metric && key.observer === observer);
    const summary = (metric: string) => figure(metric)?.summaries[number];
    const values = (metric: string, is: Partial<SampleLabels>) =>
      valuesOf(groups, ended, metric, is, (labels) => index.get(armKey(labels.arm)) === number);
    const views = observerNames.map((observer): ObserverView => {
      const downtime = figure(downtimeMetric, observer);
      const completed = downtime?.arms[number]?.filter(({ outcome }) => outcome === 'completed');
      const floors = values('migration.floor', { observer });
      // Observers work alike in all arms of a hypervisor, so their errors are taken together.
      const errors = valuesOf(
        groups,
        undefined,
        'migration.calibration-error',
        { observer },
        (labels) => labels.arm['hypervisor'] === arm['hypervisor'],
      );
      const calibration = calibrationOf(errors.map(([, value]) => value));
      return {
        observer,
        ...some('downtime', downtime?.summaries[number]),
        ...some('seen', summarize(completed ?? [])),
        ...some('floor', middle(floors)?.median),
        ...some('calibration', calibration),
      };
    });
    const p99 = (phase: string) => values('migration.latency', { phase, percentile: 99 });
    const control = p99('control');
    return {
      arm: number,
      ...some('total', summary('migration.total-time')),
      ...some('lostWork', summary('migration.lost-work')),
      views,
      latency: {
        ...some('control', middle(control)),
        ...some('migration', middle(withUnanswered(control, p99('migration')))),
      },
      ...some('lostWrites', lostWritesOf(values(lostWritesMetric, {}), cancelled)),
      completion: completion[number] as Completion,
    };
  });
}

/** A figure below twice the floor may be no more than what the observer sees of a quiet service. */
export function isAtFloor({ downtime, floor }: ObserverView): boolean {
  if (downtime === undefined || floor === undefined) return false;
  return Number.isFinite(downtime.median) && downtime.median < 2 * floor;
}

/** What a figure of this observer may be off by, in seconds. */
export function tolerance({ floor = 0, calibration }: ObserverView): number {
  return floor + (calibration === undefined ? 0 : worstError(calibration));
}

/** Of several arms together; undefined where no writes were checked. */
export function lostWritesOfAll(arms: readonly ArmOutages[]): LostWrites | undefined {
  const all = arms.flatMap(({ lostWrites }) => lostWrites ?? []);
  if (all.length === 0) return undefined;
  const sum = (of: Exclude<keyof LostWrites, 'bound'>) =>
    all.reduce((total, one) => total + one[of], 0);
  const [losing, n] = [sum('losing'), sum('n')];
  return {
    ...{ lost: sum('lost'), losing, n, cancelled: sum('cancelled') },
    bound: binomialBound(losing, n),
  };
}

function lostWritesOf(
  values: readonly [number, number][],
  cancelled: ReadonlySet<number>,
): LostWrites | undefined {
  const byTrial = new Map<number, number>();
  for (const [trial, lost] of values) byTrial.set(trial, (byTrial.get(trial) ?? 0) + lost);
  if (byTrial.size === 0) return undefined;
  const counts = [...byTrial.values()];
  const losing = counts.filter((lost) => lost > 0).length;
  return {
    lost: counts.reduce((sum, lost) => sum + lost, 0),
    losing,
    n: counts.length,
    cancelled: [...byTrial.keys()].filter((trial) => cancelled.has(trial)).length,
    bound: binomialBound(losing, counts.length),
  };
}

/** Trial and value of all samples with these labels, of these trials or of all. */
function valuesOf(
  groups: readonly SampleColumns[],
  trials: ReadonlySet<number> | undefined,
  metric: string,
  is: Partial<SampleLabels>,
  ofArm: (labels: SampleLabels) => boolean,
): [number, number][] {
  const wanted = Object.entries({ metric, ...is }) as [keyof SampleLabels, unknown][];
  return groups
    .filter(({ labels }) => wanted.every(([name, value]) => labels[name] === value))
    .filter(({ labels }) => ofArm(labels))
    .flatMap(({ columns, length }) =>
      Array.from({ length }, (_, row): [number, number] => [
        columns.trial[row] as number,
        columns.value[row] as number,
      ]),
    )
    .filter(([trial]) => trials === undefined || trials.has(trial));
}

/** A trial with a load has no percentile of its migration where too little was answered. */
function withUnanswered(
  control: readonly [number, number][],
  values: readonly [number, number][],
): [number, number][] {
  const known = new Set(values.map(([trial]) => trial));
  const lost = control.filter(([trial]) => !known.has(trial));
  return [...values, ...lost.map(([trial]): [number, number] => [trial, Infinity])];
}

function middle(values: readonly [number, number][]): Middle | undefined {
  return middleOf(values.map(([, value]) => value));
}

function some<Name extends string, T>(name: Name, value: T | undefined): { [N in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [N in Name]?: T };
}
