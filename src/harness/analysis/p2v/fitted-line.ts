/** `at + by × x`. */
export interface Line {
  at: number;
  by: number;
}

/**
 * A straight line through points, by least squares of the relative errors: each point weighs 1/y².
 * @param points with y above 0, at two or more different x
 * @returns undefined where they do not make a line
 */
export function fittedLine(points: readonly { x: number; y: number }[]): Line | undefined {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
  for (const { x, y } of points) {
    if (!(y > 0) || !Number.isFinite(y)) return undefined;
    const weight = 1 / y ** 2;
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
  }
  const determinant = w * wxx - wx ** 2;
  if (!(determinant > 1e-12 * w * wxx)) return undefined;
  const by = (w * wxy - wx * wy) / determinant;
  return { at: (wy - by * wx) / w, by };
}

/**
 * From which x on `lower` is at most `share` of `upper`.
 * @returns 0 where it is so from the start on, Infinity where it is not from any x on
 */
export function passesFrom(lower: Line, upper: Line, share: number): number {
  const gap = { at: lower.at - share * upper.at, by: lower.by - share * upper.by };
  if (gap.at <= 0) return gap.by <= 0 ? 0 : Infinity;
  return gap.by < 0 ? -gap.at / gap.by : Infinity;
}
