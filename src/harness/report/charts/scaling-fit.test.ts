import { expect, it } from 'vitest';
import { uslThroughput } from '../../analysis/capacity/usl.ts';
import { fitNote, fittedCurves } from './scaling-fit.ts';

const usl = { lambda: 60, sigma: 0.2, kappa: 0.01 };
const points = (levels: number[], line = 'local') =>
  levels.map((level) => ({ line, level, median: uslThroughput(usl, level) }));
const throughput = { factor: 'guests', metric: 'guest-io.throughput' };

it('draws the law through each line that has enough numbers of guests', () => {
  const curves = fittedCurves([...points([1, 2, 4, 8]), ...points([1, 2], 'shared')], throughput);
  expect(new Set(curves.map(({ line }) => line))).toEqual(new Set(['local']));
  for (const { level, median } of curves) {
    expect(median / uslThroughput(usl, level)).toBeCloseTo(1, 3);
  }
  expect([curves[0]?.level, curves.at(-1)?.level]).toEqual([1, 8]);
});

it('fits no other figure, no other factor, and no line of failed trials', () => {
  expect(fittedCurves(points([1, 2, 4]), { ...throughput, factor: 'hosts' })).toEqual([]);
  expect(fittedCurves(points([1, 2, 4]), { ...throughput, metric: 'creation.total' })).toEqual([]);
  const failed = points([1, 2, 4]).map((point) => ({ ...point, median: 0 }));
  expect(fittedCurves(failed, throughput)).toEqual([]);
});

it('says where the points only just fix the curve', () => {
  expect(fitNote(points([1, 2, 4]))).toContain('only just');
  expect(fitNote(points([1, 2, 4, 8]))).not.toContain('only just');
});
