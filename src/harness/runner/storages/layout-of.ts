import { parseLayoutText, sizeText } from '../../../platform/storage/layout-text.ts';
import type { Layout } from '../../../platform/storage/layout.ts';
import type { Levels } from '../../scenario/levels.ts';

type LayoutLevels = Pick<Levels, 'layout' | 'stripeCount' | 'stripeSize' | 'pool'>;

/**
 * The layout that an arm asks for; undefined where all of it is left to the directory.
 * @throws UserError if the text of `layout` is none
 */
export function layoutOf({ layout, ...plain }: LayoutLevels): Layout | undefined {
  if (layout !== 'inherit') return parseLayoutText(layout);
  const { stripeCount, stripeSize, pool } = plain;
  if ([stripeCount, stripeSize, pool].every((level) => level === 'inherit')) return undefined;
  return [{ end: 'eof', stripeCount, stripeSize, pool }];
}

/** The same in words, by its levels: `stripeCount=2 stripeSize=1M`; empty where all is inherited. */
export function layoutName({ layout, stripeCount, stripeSize, pool }: LayoutLevels): string {
  if (layout !== 'inherit') return `layout=${layout}`;
  const said = {
    stripeCount,
    stripeSize: typeof stripeSize === 'number' ? sizeText(stripeSize) : stripeSize,
    pool,
  };
  return Object.entries(said)
    .flatMap(([name, level]) => (level === 'inherit' ? [] : `${name}=${level}`))
    .join(' ');
}
