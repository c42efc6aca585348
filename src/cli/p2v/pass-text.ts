import { formatBytes } from '../../base/units.ts';
import type { ConversionEvent } from '../../platform/operations/convert/conversion.ts';

/**
 * What a pass over a machine's disk did, what it left, and what follows from that, in one line.
 * @param figures of an event `pass`
 */
export function passText(figures: NonNullable<ConversionEvent['figures']>): string {
  const { pass = 0, bytes = 0, read = 0, seconds = 0, rest = 0, predicted, budget = 0 } = figures;
  const { whole = 0, lost = 0, last = 0, again = 0 } = figures;
  const size = (count: number) => formatBytes(Math.round(count));
  const done = `${size(bytes)} in ${seconds.toFixed(1)} s (${size(seconds > 0 ? bytes / seconds : 0)}/s)`;
  const what = whole ? `all of ${size(read)} compared, sent ${done}` : `sent ${done}`;
  if (last) return `rest: ${what}`;
  const left = lost ? 'written meanwhile: not known' : `written meanwhile: ${size(rest)}`;
  const time = predicted === undefined ? 'no one knows how long' : `${predicted.toFixed(1)} s`;
  const next = again ? 'again' : (predicted ?? Infinity) <= budget ? 'cut over' : 'given up';
  return `pass ${pass}: ${what}; ${left}, ${time} for it: ${next}`;
}
