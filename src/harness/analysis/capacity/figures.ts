import { medianInterval } from '../../../base/stats/median-interval.ts';
import { interpolatedQuantile } from '../../../base/stats/interpolated-quantile.ts';
import type { Arm } from '../../results/schema.ts';
import type { Analysis } from '../analysis.ts';
import { armKey, armText } from '../arms.ts';
import { usedStorages } from '../badges.ts';
import type { SeriesResult } from '../series-result.ts';
import { largestWithin } from './largest-within.ts';
import type { Limit } from './limit.ts';

/** One figure of the trials of one arm. */
export interface Figure {
  /** Block → value; a trial without it is worst: 0, for a latency Infinity. */
  byBlock: ReadonlyMap<number, number>;
  median: number;
  /** Order-statistic interval; absent below 6 trials. */
  interval?: { low: number; high: number };
}

/** What was measured with so many guests. */
export interface Level {
  /** Of all hosts together. */
  guests: number;
  /** Index of the arm in the run. */
  arm: number;
  /** Bytes a second of all guests together. */
  throughput: Figure;
  /** The percentile of latency that is shown, in seconds. */
  latency?: Figure;
  /** Of the rate asked, as a share of 1, what was achieved; absent where none was asked. */
  share?: Figure;
  /** By name of the limit; absent where it was not recorded. */
  limited: ReadonlyMap<string, Figure>;
}

/** The arms that differ only in the number of guests, fewest first. */
export interface Line {
  /** Its other levels: `local · 2 hosts`; `all trials` where nothing else is crossed. */
  text: string;
  /** Its other levels. */
  arm: Arm;
  storage: string;
  /** Hosts over which the guests are spread. */
  hosts: number;
  /** Whether each host has a storage of this name for itself. */
  local: boolean;
  levels: Level[];
}

type Input = Pick<Analysis, 'run' | 'series'>;

/** Jobs of guest-io whose throughput was recorded; the two directions of a mixed job are one. */
export function jobsOf({ series }: Pick<Analysis, 'series'>): string[] {
  const names = series
    .filter(({ key }) => key.metric === 'guest-io.throughput')
    .map(({ key }) => (key.job ?? '').replace(/:(read|write)$/, ''));
  return [...new Set(names)];
}

/**
 * Lines of one job, in the order of the arms; levels without any trial are left out.
 * @param percentile of the latency to show, in percent
 */
export function linesOf(
  { run, series }: Input,
  job: string,
  limits: readonly Limit[],
  percentile: number,
): Line[] {
  const lines = new Map<string, Line>();
  const [[defaultStorage] = ['']] = usedStorages(run);
  const ofJob = series.filter(({ key }) => isOfJob(key.job, job));
  for (const [index, arm] of run.arms.entries()) {
    const { guests, ...others } = arm;
    if (typeof guests !== 'number') continue;
    const storage = `${others['storage'] ?? held(run, 'storage') ?? defaultStorage}`;
    const hosts = Number(others['hosts'] ?? held(run, 'hosts') ?? 1);
    const local = run.environment.storages[storage]?.kind === 'local';
    const level = levelOf(ofJob, index, guests, limits, percentile);
    if (level === undefined) continue;
    const key = armKey(others);
    let line = lines.get(key);
    if (line === undefined) {
      const text = armText(others);
      lines.set(key, (line = { text, arm: others, storage, hosts, local, levels: [] }));
    }
    line.levels.push(level);
  }
  for (const { levels } of lines.values()) levels.sort((a, b) => a.guests - b.guests);
  return [...lines.values()];
}

/** Share of the rate asked from which on guests get what they ask for. */
export const fullShare = 0.95;

/**
 * The number of guests up to which all of them get the rate that they ask for: there throughput says
 * what was asked, not what the storage can do. 0 where no rate was asked.
 */
export function servedUpTo({ levels }: Line): number {
  const shares = levels.map(({ share }) => share?.median);
  if (shares.some((share) => share === undefined)) return 0;
  return largestWithin(
    levels.map(({ guests }) => guests),
    shares.map((share) => share ?? NaN),
    { breaks: 'below', bound: fullShare },
  );
}

function isOfJob(name: string | undefined, job: string): boolean {
  return name === job || name === `${job}:read` || name === `${job}:write`;
}

/** A level held in the scenario. */
function held({ scenario }: Input['run'], factor: string): string | number | undefined {
  const fixed: unknown = scenario['fixed'];
  if (typeof fixed !== 'object' || fixed === null) return undefined;
  const level = (fixed as Record<string, unknown>)[factor];
  return typeof level === 'string' || typeof level === 'number' ? level : undefined;
}

function levelOf(
  series: readonly SeriesResult[],
  arm: number,
  guests: number,
  limits: readonly Limit[],
  shown: number,
): Level | undefined {
  const sums = (metric: string, percentile?: number) => {
    const own = series.filter(({ key }) => key.metric === metric && key.percentile === percentile);
    return together(own, arm, percentile === undefined ? (a, b) => a + b : Math.max);
  };
  const bytes = sums('guest-io.throughput');
  const throughput = figureOf(bytes);
  if (throughput === undefined) return undefined;
  const requests = sums('guest-io.iops');
  const offered = sums('guest-io.offered');
  // A trial that failed achieved nothing, but nothing may have been asked.
  const share =
    offered.size === 0
      ? undefined
      : figureOf(mapped(requests, (value, block) => value / (offered.get(block) ?? NaN)));
  const limited = new Map<string, Figure>();
  for (const { name, percentile, unit } of limits) {
    const figure =
      percentile !== undefined
        ? figureOf(sums('guest-io.latency', percentile))
        : name === 'aggregate'
          ? share
          : figureOf(mapped(unit === 'B/s' ? bytes : requests, (value) => value / guests));
    if (figure !== undefined) limited.set(name, figure);
  }
  const latency = figureOf(sums('guest-io.latency', shown));
  return {
    ...{ guests, arm, throughput, limited },
    ...(latency === undefined ? {} : { latency }),
    ...(share === undefined ? {} : { share }),
  };
}

/** The directions of a job, block by block; the repetition of a trial counts instead of it. */
function together(
  series: readonly SeriesResult[],
  arm: number,
  join: (a: number, b: number) => number,
): Map<number, number> {
  const all = new Map<number, number>();
  for (const { arms } of series) {
    const own = new Map<number, number>();
    for (const { block, value } of arms[arm] ?? []) own.set(block, value);
    for (const [block, value] of own) {
      const other = all.get(block);
      all.set(block, other === undefined ? value : join(other, value));
    }
  }
  return all;
}

function mapped(
  values: ReadonlyMap<number, number>,
  map: (value: number, block: number) => number,
): Map<number, number> {
  // Without trials that failed nothing was asked of them either: they stay the worst.
  const pairs = [...values].map(([block, value]): [number, number] => [
    block,
    value > 0 ? map(value, block) : 0,
  ]);
  return new Map(pairs.filter(([, value]) => !Number.isNaN(value)));
}

function figureOf(values: ReadonlyMap<number, number>): Figure | undefined {
  if (values.size === 0) return undefined;
  const byBlock = new Map([...values].map(([block, value]) => [block, Math.max(0, value)]));
  const all = Float64Array.from(byBlock.values());
  const interval = medianInterval(all);
  return {
    byBlock,
    median: interval?.estimate ?? interpolatedQuantile(all.sort(), 0.5),
    ...(interval === undefined ? {} : { interval: { low: interval.low, high: interval.high } }),
  };
}
