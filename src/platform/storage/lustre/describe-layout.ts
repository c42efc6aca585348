import { optionWords, sizeText } from '../layout-text.ts';
import type { FoundComponent, FoundLayout } from './getstripe.ts';

/** A layout as `lfs setstripe` would be told it: `-c 2 -S 1M`, `-E 64M -c 1 … -E eof -c -1 …`. */
export function describeLayout(layout: FoundLayout): string {
  return layout
    .map((component) => [...endWords(component, layout.length), ...words(component)].join(' '))
    .join(' ');
}

function endWords({ end }: FoundComponent, components: number): string[] {
  if (components === 1 && end === 'eof') return [];
  return ['-E', end === 'eof' ? 'eof' : sizeText(end)];
}

function words({ stripeCount, stripeSize, pool = 'inherit', pattern }: FoundComponent): string[] {
  if (pattern === 'mdt') return ['-L', 'mdt'];
  return optionWords({ end: 'eof', stripeCount, stripeSize, pool });
}
