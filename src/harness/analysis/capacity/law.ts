import type { Line } from './figures.ts';
import { fitUsl, largestMisfit, type ScalingPoint } from './fit-usl.ts';
import { type MedianOf, medianOfTrials, percentileInterval } from './resample.ts';
import { type Usl, uslElasticity, uslPeak, uslThroughput } from './usl.ts';

export interface Bounds {
  low: number;
  high: number;
}

/** An estimate with its 95 % interval, where there are enough blocks for one. */
export interface Estimate {
  value: number;
  interval?: Bounds;
}

/** The law of one line. Throughput in bytes a second. */
export interface Law {
  usl: Usl;
  /** The law of each resample. */
  draws: readonly Usl[];
  lambda: Estimate;
  sigma: Estimate;
  kappa: Estimate;
  /** Absent where κ may be 0 (then throughput need not ever fall) or the peak lies beyond the range. */
  peak?: { guests: Estimate; throughput: Estimate };
  /** The point farthest from the curve, as a share of the curve. */
  misfit: { guests: number; share: number };
  /** Whether doubling the guests would add less than half as much throughput at the end of the range. */
  saturated: boolean;
}

/** The law through the medians; undefined below 3 levels with a throughput. */
export function lawOf(line: Line, medianOf: MedianOf): Usl | undefined {
  return fitUsl(pointsOf(line, medianOf));
}

function pointsOf({ levels }: Line, medianOf: MedianOf): ScalingPoint[] {
  return levels
    .map(({ guests, throughput }) => ({ guests, throughput: medianOf(throughput) }))
    .filter(({ throughput }) => throughput > 0 && throughput < Infinity);
}

/** @param draws the laws of the resamples; none where there are too few blocks */
export function describeLaw(line: Line, usl: Usl, draws: readonly Usl[]): Law {
  const most = line.levels.at(-1)?.guests ?? 1;
  const estimate = (of: (law: Usl) => number): Estimate => {
    const interval = percentileInterval(draws.map(of));
    return { value: of(usl), ...(interval === undefined ? {} : { interval }) };
  };
  const kappa = estimate((law) => law.kappa);
  const guests = estimate((law) => uslPeak(law).guests);
  const falls = (kappa.interval?.low ?? kappa.value) * most ** 2 > visible || usl.sigma >= 1;
  return {
    usl,
    draws,
    lambda: estimate((law) => law.lambda),
    sigma: estimate((law) => law.sigma),
    kappa,
    ...(falls && guests.value <= most
      ? { peak: { guests, throughput: estimate((law) => uslPeak(law).throughput) } }
      : {}),
    misfit: largestMisfit(usl, pointsOf(line, medianOfTrials)),
    saturated: uslElasticity(usl, most) < 0.5,
  };
}

/** What κ takes away at the most guests, as a share: less is 0. */
const visible = 1e-6;

/** Throughput of so many guests by the law, in bytes a second. */
export function expectedThroughput({ usl, draws }: Law, guests: number): Estimate {
  const interval = percentileInterval(draws.map((law) => uslThroughput(law, guests)));
  return {
    value: uslThroughput(usl, guests),
    ...(interval === undefined ? {} : { interval }),
  };
}
