import { seededRandom } from '../../../base/stats/random.ts';
import type { Analysis } from '../analysis.ts';
import { armKey } from '../arms.ts';
import { isNoiseFloor } from '../badges.ts';
import { crossingsOf, type Crossing } from './crossings.ts';
import { type Line, linesOf } from './figures.ts';
import { largestWithin } from './largest-within.ts';
import { type Bounds, describeLaw, type Law, lawOf } from './law.ts';
import type { Limit } from './limit.ts';
import {
  completeBlocks,
  type MedianOf,
  medianOfTrials,
  percentileInterval,
  resample,
} from './resample.ts';
import type { Usl } from './usl.ts';

/** What is asked of a run. */
export interface CapacityRequest {
  /** One of `jobsOf`. */
  job: string;
  limits: readonly Limit[];
  /** Of the latency that is shown, in percent. */
  percentile: number;
  /** Resamples of the bootstrap; 2000 by default. */
  resamples?: number;
}

/** How many guests keep a limit. */
export interface Within {
  /** Infinite where the range ends before the limit is broken; 0 where its least level breaks it. */
  guests: number;
  interval?: Bounds;
}

/** One storage (with the other levels that are crossed) against the number of guests. */
export interface CapacityLine extends Line {
  /** Absent below 3 levels. */
  law?: Law;
  /** One for each limit that was recorded. */
  within: { limit: Limit; answer: Within }[];
  /** All limits together, and which is broken first; absent without a limit. */
  all?: Within & { first?: Limit };
}

/** What a run says about how many guests its storages carry. */
export interface Capacity {
  job: string;
  limits: readonly Limit[];
  percentile: number;
  lines: CapacityLine[];
  crossings: Crossing[];
  /** Blocks in which all lines are complete: below 6 nothing has an interval. */
  blocks: number;
}

const usualResamples = 2000;

/** The same run and request give the same answer: resampling takes its numbers from the run's seed. */
export function capacityOf(
  analysis: Pick<Analysis, 'run' | 'series'>,
  { job, limits, percentile, resamples = usualResamples }: CapacityRequest,
): Capacity {
  const { run } = analysis;
  const lines = linesOf(analysis, job, limits, percentile);
  const laws: Usl[][] = lines.map(() => []);
  const pairs = pairsOf(lines);
  const counts = lines.map((line) => limitsOfLine(line, limits).map((): number[] => []));
  const alls: number[][] = lines.map(() => []);
  const both: (readonly [Usl | undefined, Usl | undefined])[][] = pairs.map(() => []);
  resample(lines, seededRandom(run.seed).fork(`capacity ${job}`), resamples, (medianOf) => {
    const drawn = lines.map((line) => lawOf(line, medianOf));
    for (const [index, line] of lines.entries()) {
      const law = drawn[index];
      if (law !== undefined) laws[index]?.push(law);
      const within = limitsOfLine(line, limits).map((limit) => guestsWithin(line, limit, medianOf));
      for (const [at, guests] of within.entries()) counts[index]?.[at]?.push(guests);
      if (within.length > 0) alls[index]?.push(Math.min(...within));
    }
    for (const [index, { a, b }] of pairs.entries()) both[index]?.push([drawn[a], drawn[b]]);
  });
  return {
    job,
    limits,
    percentile,
    blocks: completeBlocks(lines).length,
    lines: lines.map((line, index) => {
      const usl = lawOf(line, medianOfTrials);
      const within = limitsOfLine(line, limits).map((limit, at) => ({
        limit,
        answer: answerOf(guestsWithin(line, limit, medianOfTrials), counts[index]?.[at] ?? []),
      }));
      return {
        ...line,
        ...(usl === undefined ? {} : { law: describeLaw(line, usl, laws[index] ?? []) }),
        within,
        ...allOf(within, alls[index] ?? []),
      };
    }),
    crossings: crossingsOf(
      lines,
      pairs.map(({ a, b }, index) => ({
        ...{ a, b },
        laws: [lines[a], lines[b]].map((line) => line && lawOf(line, medianOfTrials)),
        draws: both[index] ?? [],
        noiseFloor: isNoiseFloor(run, lines[a]?.storage, lines[b]?.storage),
      })),
    ),
  };
}

/** The limits whose figure was recorded at every level. */
function limitsOfLine({ levels }: Line, limits: readonly Limit[]): Limit[] {
  return limits.filter(({ name }) => levels.every(({ limited }) => limited.has(name)));
}

function guestsWithin({ levels }: Line, limit: Limit, medianOf: MedianOf): number {
  const values = levels.map(({ limited }) => {
    const figure = limited.get(limit.name);
    return figure === undefined ? NaN : medianOf(figure);
  });
  return largestWithin(
    levels.map(({ guests }) => guests),
    values,
    limit,
  );
}

function answerOf(guests: number, draws: readonly number[]): Within {
  const interval = percentileInterval(draws);
  return { guests, ...(interval === undefined ? {} : { interval }) };
}

function allOf(
  within: readonly { limit: Limit; answer: Within }[],
  draws: readonly number[],
): Pick<CapacityLine, 'all'> {
  if (within.length === 0) return {};
  const guests = Math.min(...within.map(({ answer }) => answer.guests));
  const first = within.find(({ answer }) => answer.guests === guests)?.limit;
  return {
    all: {
      ...answerOf(guests, draws),
      ...(first === undefined || guests === Infinity ? {} : { first }),
    },
  };
}

/** Lines that differ in their storage only: the first of them with each other. */
function pairsOf(lines: readonly Line[]): { a: number; b: number }[] {
  const others = ({ arm }: Line) => armKey({ ...arm, storage: '' });
  return lines.flatMap((line, b) => {
    const a = lines.findIndex((first) => others(first) === others(line));
    return a === b ? [] : [{ a, b }];
  });
}
