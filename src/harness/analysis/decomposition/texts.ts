import { armPhrase, levelText } from '../arms.ts';
import { ratioText } from '../quantity.ts';
import { seriesText } from '../series-text.ts';
import type { Decomposition, Part } from './decomposition.ts';
import { type PartName, partNames } from './parts.ts';
import { boundsText } from './statement.ts';

/** Heads of a table of these parts: `copy-on-write on local`. */
export function partHeads({ base, other }: Pick<Decomposition, 'base' | 'other'>): string[] {
  const [a, b] = [base, other].map((level) => levelText('storage', level));
  const heads: Record<PartName, string> = {
    'copy-on-write': 'copy-on-write',
    storage: `${b}`,
    interaction: 'interaction',
    whole: 'both together',
    'copy-on-write on base': `copy-on-write on ${a}`,
    'copy-on-write on other': `copy-on-write on ${b}`,
    'storage with copy': `${b} with copy`,
    'storage with clone': `${b} with clone`,
  };
  return partNames.map((name) => heads[name]);
}

/** How to read such a table. */
export function decompositionLegend({
  base,
  other,
}: Pick<Decomposition, 'base' | 'other'>): string {
  const [a, b] = [base, other].map((level) => levelText('storage', level));
  return `How many times as fast, or as high where more is better: above 1 is a gain. Both together: from a full copy on ${a} to a clone on ${b}. On the log scale it is the sum of copy-on-write and ${b}, each the mean of what it does on its own in the last four columns; the share says how much of the whole is due to it. Interaction 1: what a clone gains does not depend on where the disk lies. 95 % intervals from resampling whole blocks.`;
}

/** What a row stands for: `at 4 guests`, `all combinations`. */
export function restText({ rest, crosses }: Decomposition): string {
  if (rest === undefined) return `geometric mean over ${crosses.length} combinations`;
  return armPhrase(rest);
}

/** `Guest creation`: the figure and its dimension. */
export function decomposedText({ series }: Decomposition): string {
  const { title, dimension } = seriesText(series);
  return dimension === '' ? title : `${title}, ${dimension}`;
}

/** `3.10`, `2.90–3.31`, `share 103 % (98–107)`. */
export function partTexts({ gain, interval, share }: Part): {
  gain: string;
  interval: string;
  share?: string;
} {
  const percent = (value: number) =>
    Number.isFinite(value)
      ? Math.round(value * 100)
          .toString()
          .replace('-', '−')
      : '∞';
  return {
    gain: Number.isNaN(gain) ? '–' : ratioText(gain),
    interval: interval === undefined ? 'no interval' : boundsText(interval),
    ...(share && {
      share: `${percent(share.value)} % of the gain (${percent(share.interval.low)}–${percent(share.interval.high)})`,
    }),
  };
}
