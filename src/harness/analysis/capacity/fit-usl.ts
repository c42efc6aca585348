import { type Usl, uslThroughput } from './usl.ts';

/** Throughput of so many guests together. */
export interface ScalingPoint {
  guests: number;
  /** In any unit; above 0 and finite. */
  throughput: number;
}

/** Fewer different numbers of guests do not determine three parameters. */
export const fewestLevels = 3;

/**
 * The Universal Scalability Law through these points: least squares of ln X, so that ten percent off
 * count the same for one guest and for twelve, with σ and κ at least 0. Several points may have the same
 * number of guests.
 *
 * Gauss-Newton with both bounds kept exactly in every step, and shorter steps where a whole one would be
 * worse. ln λ enters linearly and is eliminated.
 * @returns undefined below 3 different numbers of guests
 * @throws RangeError for a point that is not above 0 and finite
 */
export function fitUsl(points: readonly ScalingPoint[]): Usl | undefined {
  for (const { guests, throughput } of points) {
    if (!(guests >= 1 && guests < Infinity && throughput > 0 && throughput < Infinity)) {
      throw new RangeError(
        `fitUsl: expected at least 1 guest with a throughput above 0, got ${guests} with ${throughput}`,
      );
    }
  }
  if (new Set(points.map(({ guests }) => guests)).size < fewestLevels) return undefined;
  const most = points.reduce((max, { guests }) => Math.max(max, guests), 0);
  let [s, k] = [0.1, 0.1];
  let here = residuals(points, most, s, k);
  for (let round = 0; round < mostSteps; round++) {
    const [ds, dk] = boundedStep(points, most, s, k, here.values);
    let share = 1;
    let next = here;
    let [nextS, nextK] = [s, k];
    for (; share > leastShare; share /= 2) {
      [nextS, nextK] = [Math.max(0, s + share * ds), Math.max(0, k + share * dk)];
      next = residuals(points, most, nextS, nextK);
      if (next.error < here.error) break;
    }
    if (!(next.error < here.error)) break;
    const gained = here.error - next.error;
    [s, k, here] = [nextS, nextK, next];
    if (gained < 1e-12 * here.error) break;
  }
  return { lambda: Math.exp(here.lnLambda), sigma: s / most, kappa: k / most ** 2 };
}

const mostSteps = 50;
const leastShare = 1e-6;

/** ln X of the points above the curve with the best λ. `s` is σ·N and `k` κ·N² for the largest N. */
function residuals(points: readonly ScalingPoint[], most: number, s: number, k: number) {
  const values = new Float64Array(points.length);
  let sum = 0;
  for (const [index, { guests, throughput }] of points.entries()) {
    const value = Math.log((throughput / guests) * divisorAt(guests, most, s, k));
    values[index] = value;
    sum += value;
  }
  const lnLambda = sum / values.length;
  let error = 0;
  for (const [index, value] of values.entries()) {
    values[index] = value - lnLambda;
    error += (value - lnLambda) ** 2;
  }
  return { values, lnLambda, error };
}

function divisorAt(guests: number, most: number, s: number, k: number): number {
  return 1 + (s * (guests - 1)) / most + (k * guests * (guests - 1)) / most ** 2;
}

/**
 * The step to the least square of the linearized residuals with s and k at least 0: among the four cases
 * (each of them free or at 0) the best one that keeps the bounds.
 */
function boundedStep(
  points: readonly ScalingPoint[],
  most: number,
  s: number,
  k: number,
  values: Float64Array,
): [number, number] {
  const n = points.length;
  const [js, jk] = [new Float64Array(n), new Float64Array(n)];
  let [meanS, meanK] = [0, 0];
  for (const [index, { guests }] of points.entries()) {
    const divisor = divisorAt(guests, most, s, k);
    js[index] = (guests - 1) / most / divisor;
    jk[index] = (guests * (guests - 1)) / most ** 2 / divisor;
    meanS += js[index] / n;
    meanK += jk[index] / n;
  }
  let [ss, sk, kk, sr, kr] = [0, 0, 0, 0, 0];
  for (const [index, r] of values.entries()) {
    const [a, b] = [(js[index] as number) - meanS, (jk[index] as number) - meanK];
    ss += a * a;
    sk += a * b;
    kk += b * b;
    sr += a * r;
    kr += b * r;
  }
  const determinant = ss * kk - sk * sk;
  const cases: [number, number][] = [
    [(sk * kr - kk * sr) / determinant, (sk * sr - ss * kr) / determinant],
    [-s, (sk * s - kr) / kk],
    [(sk * k - sr) / ss, -k],
    [-s, -k],
  ];
  const cost = ([ds, dk]: [number, number]) =>
    ss * ds * ds + 2 * sk * ds * dk + kk * dk * dk + 2 * (sr * ds + kr * dk);
  let best = cases[3] as [number, number];
  for (const each of cases) {
    if (s + each[0] >= 0 && k + each[1] >= 0 && cost(each) < cost(best)) best = each;
  }
  return best;
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
