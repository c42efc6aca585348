import { fewestLevels, fitUsl } from '../../analysis/capacity/fit-usl.ts';
import { uslThroughput } from '../../analysis/capacity/usl.ts';

/** A point of a picture: so many guests, a median. */
interface ScalingPoint {
  line: string;
  level: number;
  median: number;
}

const steps = 48;

/**
 * The Universal Scalability Law through the medians of each line, as points of a curve; nothing for
 * lines with fewer than three numbers of guests, and for figures that are no throughput.
 */
export function fittedCurves(
  points: readonly ScalingPoint[],
  { factor, metric }: { factor: string; metric: string },
): (ScalingPoint & { fitted: true })[] {
  if (factor !== 'guests' || metric !== 'guest-io.throughput') return [];
  const lines = [...new Set(points.map(({ line }) => line))];
  return lines.flatMap((line) => {
    const own = points.filter((point) => point.line === line && point.median > 0);
    const usl = fitUsl(own.map(({ level, median }) => ({ guests: level, throughput: median })));
    if (usl === undefined) return [];
    const levels = own.map(({ level }) => level);
    const [from, to] = [Math.min(...levels), Math.max(...levels)];
    return Array.from({ length: steps + 1 }, (_, step) => {
      const level = from + ((to - from) * step) / steps;
      return { line, level, median: uslThroughput(usl, level), fitted: true as const };
    });
  });
}

/** How to read the curves. */
export function fitNote(points: readonly ScalingPoint[]): string {
  const levels = new Set(points.map(({ level }) => level)).size;
  return levels === fewestLevels
    ? 'curves: Universal Scalability Law through the medians (three numbers of guests only just fix it)'
    : 'curves: Universal Scalability Law through the medians';
}
