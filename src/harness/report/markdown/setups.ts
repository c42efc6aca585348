import type { Analysis } from '../../analysis/analysis.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import { markdownTable } from './table.ts';

/** The blocks that say what else differs between what ran the guests; none where there is one. */
export function setupsMarkdown({ setups }: Pick<Analysis, 'setups'>): string[] {
  if (setups === undefined) return [];
  const { names, rows, same } = setups;
  return [
    '### What else differs',
    rows.length === 0
      ? 'Nothing that is known.'
      : markdownTable(
          ['', ...names],
          rows.map(({ what, values }) => [what, ...values]),
        ),
    ...(same.length === 0 ? [] : [text(`The same for all: ${same.join('; ')}.`)]),
  ];
}
