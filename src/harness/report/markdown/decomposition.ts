import type { Analysis } from '../../analysis/analysis.ts';
import type { Decomposition } from '../../analysis/decomposition/decomposition.ts';
import { partNames } from '../../analysis/decomposition/parts.ts';
import {
  decomposedText,
  decompositionLegend,
  partHeads,
  partTexts,
  restText,
} from '../../analysis/decomposition/texts.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import { badgeLine, markdownTable } from './table.ts';

/** The blocks of the section on copy-on-write and storage; none where the arms do not cross both. */
export function decompositionMarkdown({ decompositions, badges }: Analysis): string[] {
  if (decompositions.length === 0) return [];
  const others = [...new Set(decompositions.map(({ other }) => other))];
  return [
    '## Copy-on-write and storage, taken apart',
    ...badgeLine(badges),
    ...others.flatMap((other) => {
      const own = decompositions.filter((one) => one.other === other);
      const [first] = own as [Decomposition];
      return [
        text(decompositionLegend(first)),
        markdownTable(['figure', 'where', 'n', ...partHeads(first)], own.map(rowOf)),
      ];
    }),
  ];
}

function rowOf(one: Decomposition): string[] {
  const { parts, blocks, why = '' } = one;
  const head = [decomposedText(one), restText(one), String(blocks)];
  if (parts === undefined) return [...head, `not comparable: ${why}`];
  return [
    ...head,
    ...partNames.map((name) => {
      const { gain, interval, share } = partTexts(parts[name]);
      return [`${gain} (${interval})`, ...(share === undefined ? [] : [share])].join(', ');
    }),
  ];
}
