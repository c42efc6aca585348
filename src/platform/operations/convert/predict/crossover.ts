import type { ConversionMethod } from '../conversion.ts';
import { predict, type PredictionInput } from './predict.ts';

/** From which size on something holds; `always` and `never` over all sizes that are looked at. */
export type Crossover = { used: number } | 'always' | 'never';

const smallest = 2 ** 20;
const largest = 2 ** 50;
/** Sizes looked at for each doubling. */
const steps = 4;

/**
 * The used bytes from which on a method has a shorter downtime than another, with the same rates
 * and a disk that is as large as it has to be.
 * @param factor its downtime at most this share of the other's: 0.1 for a reduction by 90 %
 */
export function crossover(
  method: ConversionMethod,
  other: ConversionMethod,
  input: PredictionInput,
  factor = 1,
): Crossover {
  return from((used) => {
    const sized = {
      ...input,
      used,
      disk: Math.max(input.disk, used),
      workingSet: Math.min(input.workingSet, used),
    };
    return predict(method, sized).downtime <= factor * predict(other, sized).downtime;
  });
}

/** The size from which on something holds at all larger ones. */
function from(holds: (used: number) => boolean): Crossover {
  const sizes: number[] = [];
  for (let size = smallest; size <= largest; size *= 2 ** (1 / steps)) sizes.push(size);
  const last = sizes.findLastIndex((size) => !holds(size));
  if (last < 0) return 'always';
  let [low = smallest, high] = [sizes[last], sizes[last + 1]];
  if (high === undefined) return 'never';
  while (high - low > Math.max(1, low * 1e-6)) {
    const middle: number = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return { used: high };
}
