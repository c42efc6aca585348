import type { Usl } from './usl.ts';

/**
 * Where two curves cross: the least number of guests between `least` and `most` at which both have the
 * same throughput and change places. X is λN/D(N) with D quadratic in N, so it is the root of a quadratic.
 * @returns undefined where they do not cross there
 */
export function curvesCross(a: Usl, b: Usl, least: number, most: number): number | undefined {
  // λ_b·D_a(N) − λ_a·D_b(N) = q·N² + l·N + c
  const q = b.lambda * a.kappa - a.lambda * b.kappa;
  const l = b.lambda * (a.sigma - a.kappa) - a.lambda * (b.sigma - b.kappa);
  const c = b.lambda * (1 - a.sigma) - a.lambda * (1 - b.sigma);
  const size = Math.max(Math.abs(b.lambda), Math.abs(a.lambda)) * 1e-12;
  if (Math.abs(q) * most * most < size) {
    const root = -c / l;
    return Number.isFinite(root) && root >= least && root <= most ? root : undefined;
  }
  const discriminant = l * l - 4 * q * c;
  // Where they touch they do not change places.
  if (!(discriminant > 0)) return undefined;
  const half = -(l + (l < 0 ? -1 : 1) * Math.sqrt(discriminant)) / 2;
  const inside = [half / q, c / half].filter((root) => root >= least && root <= most);
  return inside.length === 0 ? undefined : Math.min(...inside);
}
