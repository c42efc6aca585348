import type { Analysis } from '../../analysis/analysis.ts';
import {
  claimsLegend,
  effectText,
  openText,
  statusText,
  verdictText,
} from '../../analysis/claims/texts.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import { badgeLine, markdownTable } from './table.ts';

/** The blocks of the section on claims; none where the scenario makes none. */
export function claimsMarkdown({ claims, badges }: Analysis): string[] {
  if (claims.length === 0) return [];
  return [
    '## Claims',
    ...badgeLine(badges),
    text(claimsLegend),
    markdownTable(
      ['claim', 'source', 'status', 'words', 'condition', 'measured', 'verdict', ''],
      claims.map((result) => [
        result.claim.name,
        result.claim.source,
        statusText(result),
        result.claim.words,
        result.claim.condition,
        result.comparisons.map(effectText).join('; '),
        verdictText(result),
        openText(result),
      ]),
    ),
  ];
}
