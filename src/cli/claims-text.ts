import { escapeControls } from '../base/yaml/printable.ts';
import { effectText, openText, statusText, verdictText } from '../harness/analysis/claims/texts.ts';
import { columns } from './columns.ts';
import type { RunClaims } from './claims.ts';

/** One table for all runs, then what each claim says and why it is open. */
export function claimsText(all: readonly RunClaims[]): string {
  const several = all.length > 1;
  const table = all.flatMap(({ scenario, results }) =>
    results.map((result) => [
      ...(several ? [scenario] : []),
      result.claim.name,
      statusText(result),
      verdictText(result),
      result.comparisons.map(effectText).join('; ') || '–',
    ]),
  );
  const details = all.flatMap(({ results }) =>
    results.flatMap((result) => {
      const { claim } = result;
      const open = openText(result);
      return [
        '',
        `${claim.name}: ${verdictText(result)}${open === '' ? '' : ` (${open})`}`,
        `  ${claim.source}: “${claim.words}”`,
        `  ${claim.condition}`,
        ...(claim.reconstructed === undefined ? [] : [`  reconstructed: ${claim.reconstructed}`]),
      ];
    }),
  );
  return [
    ...all.map(({ id, labels }) => [id, ...labels].join(' · ')),
    '',
    ...columns([
      [...(several ? ['scenario'] : []), 'claim', 'status', 'verdict', 'measured'],
      ...table,
    ]),
    ...details,
  ]
    .map(escapeControls)
    .join('\n');
}

/** The same for programs; an infinite bound is null. */
export function claimsJson(all: readonly RunClaims[]): string {
  return JSON.stringify(
    all.map(({ folder, id, scenario, labels, results }) => ({
      ...{ run: folder, id, scenario, labels },
      claims: results.map(({ claim, verdict, why, moreTrials, comparisons }) => ({
        ...claim,
        ...{ verdict, why, moreTrials },
        comparisons: comparisons.map(({ text, ratio, blocks, sets, outcome }) => ({
          ...{ text, outcome, ratio: ratio?.estimate },
          interval: ratio?.interval && [ratio.interval.low, ratio.interval.high],
          ...{ blocks, settings: sets },
        })),
      })),
    })),
    null,
    2,
  );
}
