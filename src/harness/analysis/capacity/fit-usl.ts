import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { type Usl, uslThroughput } from './usl.ts';

/** Throughput of so many guests together. */
export interface ScalingPoint {
  guests: number;
  /** In any unit; above 0 and finite. */
  throughput: number;
}

export interface FitOptions {
  /** Where to begin; guessed from the points by default. */
  start?: Usl;
  /** Steps of the fit; fewer do where it begins close to the end. */
  steps?: number;
}

/** Fewer different numbers of guests do not determine three parameters. */
export const fewestLevels = 3;
const usualSteps = 40;

/** ln λ, σ·N and κ·N² for the largest N: numbers of one size, whatever the unit. */
type Parameters = [number, number, number];

/**
 * The Universal Scalability Law through these points: non-linear least squares (Levenberg-Marquardt) of
 * ln X, so that ten percent off count the same for one guest and for twelve; σ and κ at least 0.
 * Several points may have the same number of guests.
 * @returns undefined below 3 different numbers of guests
 * @throws RangeError for a point that is not above 0 and finite
 */
export function fitUsl(points: readonly ScalingPoint[], options: FitOptions = {}): Usl | undefined {
  for (const { guests, throughput } of points) {
    if (!(guests >= 1 && guests < Infinity && throughput > 0 && throughput < Infinity)) {
      throw new RangeError(
        `fitUsl: expected at least 1 guest with a throughput above 0, got ${guests} with ${throughput}`,
      );
    }
  }
  const levels = points.map(({ guests }) => guests);
  if (new Set(levels).size < fewestLevels) return undefined;
  const most = Math.max(...levels);
  const { start = guess(points, most), steps = usualSteps } = options;
  const begin: Parameters = [Math.log(start.lambda), start.sigma * most, start.kappa * most ** 2];
  const free = fitWith(points, begin, [true, true], steps);
  const candidates = [free];
  // Steps that end at a bound pull the other parameters along: without that one they find their place.
  if (free.parameters[1] < small || free.parameters[2] < small) {
    candidates.push(
      fitWith(points, begin, [true, false], steps),
      fitWith(points, begin, [false, true], steps),
      fitWith(points, begin, [false, false], steps),
    );
  }
  const [lnLambda, sigma, kappa] = candidates.reduce((best, each) =>
    each.error <= best.error * (1 + 1e-6) + tolerance ? each : best,
  ).parameters;
  return { lambda: Math.exp(lnLambda), sigma: sigma / most, kappa: kappa / most ** 2 };

  function fitWith(
    data: readonly ScalingPoint[],
    [lnLambda, sigma, kappa]: Parameters,
    [withSigma, withKappa]: [boolean, boolean],
    maxIterations: number,
  ): { parameters: Parameters; error: number } {
    const [s, k] = [Number(withSigma), Number(withKappa)];
    const divisor = (values: number[], n: number) =>
      1 +
      (s * (values[1] as number) * (n - 1)) / most +
      (k * (values[2] as number) * n * (n - 1)) / most ** 2;
    const { parameterValues, parameterError } = levenbergMarquardt(
      { x: levels, y: data.map(({ throughput }) => Math.log(throughput)) },
      (values) => (n) => (values[0] as number) + Math.log(n / divisor(values, n)),
      {
        initialValues: [lnLambda, s * sigma, k * kappa],
        minValues: [-Infinity, 0, 0],
        maxValues: [Infinity, Infinity, Infinity],
        jacobianFunction: (values) => (n) => {
          const all = divisor(values, n);
          return [1, (-s * (n - 1)) / most / all, (-k * n * (n - 1)) / most ** 2 / all];
        },
        maxIterations,
        damping: 1e-3,
        errorTolerance: tolerance,
      },
    );
    const [a = 0, b = 0, c = 0] = parameterValues;
    return { parameters: [a, s * b, k * c], error: parameterError };
  }
}

/** Of ln X, squared and summed. */
const tolerance = 1e-12;
/** What σ or κ take away at the most guests, as a share: below it 0 may do as well. */
const small = 1e-3;

/** What is missing at the most guests, half of it taken for contention and half for coherency. */
function guess(points: readonly ScalingPoint[], most: number): Usl {
  const lambda = Math.max(...points.map(({ guests, throughput }) => throughput / guests));
  const last = points.filter(({ guests }) => guests === most);
  const mean = last.reduce((sum, { throughput }) => sum + throughput, 0) / last.length;
  const missing = Math.max(0.02, (lambda * most) / mean - 1);
  return {
    lambda,
    sigma: missing / 2 / (most - 1),
    kappa: missing / 2 / (most * (most - 1)),
  };
}

/** By which share the point that lies farthest off is above (or below) the curve, and where. */
export function largestMisfit(
  usl: Usl,
  points: readonly ScalingPoint[],
): { guests: number; share: number } {
  return points
    .map(({ guests, throughput }) => ({
      guests,
      share: throughput / uslThroughput(usl, guests) - 1,
    }))
    .reduce((worst, each) => (Math.abs(each.share) > Math.abs(worst.share) ? each : worst));
}
