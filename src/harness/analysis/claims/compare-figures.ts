import { median } from 'simple-statistics';
import type { Interval } from '../../../base/stats/interval.ts';
import { contrast, logMedians, percentileBounds } from '../../../base/stats/log-contrasts.ts';
import { medianInterval } from '../../../base/stats/median-interval.ts';
import type { Random } from '../../../base/stats/random.ts';
import type { Ratio } from '../ratio.ts';
import type { Column } from './columns.ts';

const confidence = 0.95;

/** How the product of some figures stands to a constant. */
export interface Compared {
  /** Left side over right side; absent where no ratio exists. */
  ratio?: Ratio;
  /** Blocks in which every arm concerned has a trial. */
  blocks: number;
}

/**
 * The product of medians, to the powers of their weights, times `constant`, with an interval from
 * resampling whole blocks: the same blocks for all arms. A single figure has the interval of its median.
 */
export function compareFigures(
  columns: readonly Column[],
  constant: number,
  random: Random,
): Compared {
  const values = columns.map(
    ({ series, arm }) =>
      new Map((series.arms[arm] ?? []).map(({ block, value }) => [block, value])),
  );
  const blocks = [...(values[0]?.keys() ?? [])].flatMap((block) => {
    const row = values.flatMap((own) => own.get(block) ?? []);
    return row.length === columns.length ? [row] : [];
  });
  if (blocks.length === 0) return { blocks: 0 };
  const [only, ...others] = columns;
  if (only !== undefined && others.length === 0)
    return oneFigure(blocks.flat().map(atLeastZero), only, constant);
  const figure = contrast(
    logMedians(blocks, { random }),
    columns.map(({ weight }) => weight),
  );
  if (Number.isNaN(figure.estimate)) return { blocks: blocks.length };
  const of = (log: number) => Math.exp(log) * constant;
  const estimate = of(figure.estimate);
  const bounds = percentileBounds(figure, confidence);
  const interval: Interval | undefined = bounds && {
    ...{ estimate, confidence },
    low: of(bounds.low),
    high: of(bounds.high),
  };
  return { blocks: blocks.length, ratio: { estimate, ...(interval && { interval }) } };
}

/** A single median has its own interval, the same as in the report's tables. */
function oneFigure(values: readonly number[], { weight }: Column, constant: number): Compared {
  const raised = values.map((value) => constant * value ** weight);
  const interval = medianInterval(raised, confidence);
  const estimate = interval?.estimate ?? median(raised);
  if (Number.isNaN(estimate)) return { blocks: values.length };
  return { blocks: values.length, ratio: { estimate, ...(interval && { interval }) } };
}

/** In a ratio the worst value where more is better is 0. */
function atLeastZero(value: number): number {
  return value === -Infinity ? 0 : value;
}
