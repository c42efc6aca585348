import { type Resampled, logMedians, percentileBounds } from '../../../base/stats/log-contrasts.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import type { Arm, Run } from '../../results/schema.ts';
import { armKey, isNumeric } from '../arms.ts';
import { armBlocks, blockPairs } from '../block-pairs.ts';
import { type Ratio, ratioOf } from '../ratio.ts';
import type { Series } from '../series.ts';
import type { SeriesResult } from '../series-result.ts';
import { fittedLine, type Line, passesFrom } from './fitted-line.ts';

/** Downtime of one method against the bytes on the disk. */
export interface MethodCurve {
  method: string;
  points: {
    bytes: number;
    arm: number;
    median: number;
    interval?: { low: number; high: number };
    n: number;
    /** Median of what was foretold. */
    predicted?: number;
  }[];
  /** At the largest size, to the method that is compared with. */
  ratio?: Ratio;
  /** Through the medians: a fixed part, and seconds a byte. */
  line?: Line;
}

/** From how many bytes on one method is out of service no longer than a share of the other. */
export interface Passing {
  method: string;
  /** Of the downtime of `CurveSet.against`: 1 where they cross, 0.1 where 90 % are saved. */
  share: number;
  /** Bytes; 0: from the start on; Infinity: never, as far as the lines tell. */
  from: number;
  /** 95 %, from resampling whole blocks. */
  interval?: { low: number; high: number };
}

/** The methods of a run at one setting of everything else. */
export interface CurveSet {
  /** Levels of the other factors. */
  rest: Arm;
  /** The method that the others are compared with: the first. */
  against: string;
  curves: MethodCurve[];
  passings: Passing[];
  /** Bytes up to which was measured. */
  largest: number;
}

const shares = [1, 0.1];

/** Empty where conversions of fewer than two methods, or of machines of one size, were measured. */
export function downtimeCurves(run: Run, series: readonly SeriesResult[]): CurveSet[] {
  const figure = series.find(({ key }) => key.metric === 'p2v.downtime');
  const methods = run.factors['conversion'] ?? [];
  const sizes = run.factors['diskData'] ?? [];
  const [against] = methods;
  if (figure === undefined || against === undefined) return [];
  if (methods.length < 2 || sizes.length < 2 || !isNumeric(sizes)) return [];
  const predicted = series.find(({ key }) => key.metric === 'p2v.predicted-downtime');
  const rests = new Map<string, Arm>();
  for (const arm of run.arms) {
    const rest = Object.fromEntries(
      Object.entries(arm).filter(([name]) => name !== 'conversion' && name !== 'diskData'),
    );
    rests.set(armKey(rest), rest);
  }
  return [...rests.values()].map((rest) => {
    const armOf = (conversion: unknown, diskData: number) => {
      const key = armKey({ ...rest, conversion: conversion as string, diskData });
      return run.arms.findIndex((arm) => armKey(arm) === key);
    };
    const curves = methods.map((method): MethodCurve => {
      const points = sizes.flatMap((bytes) => {
        const arm = armOf(method, bytes);
        const summary = figure.summaries[arm];
        if (summary === undefined || !Number.isFinite(summary.median)) return [];
        const { median, interval, n } = summary;
        const foretold = predicted?.summaries[arm]?.median;
        return [
          {
            ...{ bytes, arm, median, n },
            ...(interval && { interval }),
            ...(foretold !== undefined && Number.isFinite(foretold) && { predicted: foretold }),
          },
        ];
      });
      const line = fittedLine(points.map(({ bytes, median }) => ({ x: bytes, y: median })));
      return { method: String(method), points, ...(line && { line }) };
    });
    const [base, ...others] = curves;
    const compared = curves.map((curve) => {
      const ratio = base && curve !== base ? ratioAtLargest(run, figure, base, curve) : undefined;
      return { ...curve, ...(ratio && { ratio }) };
    });
    return {
      ...{ rest, against: String(against), curves: compared, largest: Math.max(...sizes) },
      passings:
        base === undefined ? [] : others.flatMap((one) => passingsOf(run, figure, base, one)),
    };
  });
}

function ratioAtLargest(run: Run, figure: SeriesResult, base: MethodCurve, other: MethodCurve) {
  const [from, to] = [base.points.at(-1), other.points.at(-1)];
  if (from === undefined || to === undefined || from.bytes !== to.bytes) return undefined;
  const random = seededRandom(run.seed).fork(`downtime at ${to.bytes} ${from.arm} ${to.arm}`);
  return ratioOf(blockPairs(figure, [{ base: from.arm, other: to.arm }]), random);
}

function passingsOf(run: Run, figure: Series, base: MethodCurve, other: MethodCurve): Passing[] {
  const { line: upper } = base;
  const { line: lower, method } = other;
  if (upper === undefined || lower === undefined) return [];
  const arms = [...base.points, ...other.points].map(({ arm }) => arm);
  const blocks = armBlocks(figure, arms);
  const random = seededRandom(run.seed).fork(`downtime curves ${arms.join(' ')}`);
  const medians = blocks.length === 0 ? [] : logMedians(blocks, { random });
  const draws = medians[0]?.draws.length ?? 0;
  const lineIn = (of: MethodCurve, begin: number, draw: number) =>
    fittedLine(
      of.points.map(({ bytes }, index) => ({
        x: bytes,
        y: Math.exp(medians[begin + index]?.draws[draw] ?? NaN),
      })),
    );
  const lines = Array.from({ length: draws }, (_, draw) => ({
    upper: lineIn(base, 0, draw),
    lower: lineIn(other, base.points.length, draw),
  }));
  return shares.map((share) => {
    const from = passesFrom(lower, upper, share);
    const resampled: Resampled = {
      estimate: from,
      draws: Float64Array.from(lines, (one) =>
        one.upper === undefined || one.lower === undefined
          ? NaN
          : passesFrom(one.lower, one.upper, share),
      ),
    };
    const interval = percentileBounds(resampled);
    return { method, share, from, ...(interval && { interval }) };
  });
}
