import { median } from 'simple-statistics';
import type { Spread } from '../benchmark.ts';

/** @throws Error if there are no values */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('expected at least one value, got none');
  return { min: Math.min(...values), median: median([...values]), max: Math.max(...values) };
}
