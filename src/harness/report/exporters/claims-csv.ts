import { csv } from './csv.ts';
import { labelCell, labelHeader } from './columns.ts';
import type { Table } from './tables.ts';

export const claimsTable: Table = {
  file: 'claims.csv',
  about: 'each comparison of each claim: ratio of its left to its right side, interval, verdict',
  applies: ({ claims }) => claims.length > 0,
  *write(analysis) {
    yield csv([
      [
        ...['claim', 'source', 'words', 'status', 'reconstructed', 'margin', 'condition'],
        ...['comparison', 'settings', 'blocks', 'ratio', 'low', 'high', 'outcome'],
        ...['verdict', 'more_trials', 'why', labelHeader],
      ],
      ...analysis.claims.flatMap(({ claim, verdict, why, moreTrials, comparisons }) => {
        const { name, source, words, status, reconstructed, margin, condition } = claim;
        const about = [name, source, words, status, reconstructed, margin, condition];
        const end = [verdict, moreTrials, why.join('; ') || undefined, labelCell(analysis)];
        const rows = comparisons.map(({ text, sets, blocks, ratio, outcome }) => [
          ...about,
          ...[text, sets, blocks, ratio?.estimate, ratio?.interval?.low, ratio?.interval?.high],
          ...[outcome, ...end],
        ]);
        const none = Array.from({ length: 7 }, () => undefined);
        return rows.length === 0 ? [[...about, ...none, ...end]] : rows;
      }),
    ]);
  },
};
