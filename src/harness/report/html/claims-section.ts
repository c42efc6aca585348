import type { Analysis } from '../../analysis/analysis.ts';
import type { ClaimResult } from '../../analysis/claims/evaluate-claims.ts';
import {
  claimsLegend,
  effectText,
  openText,
  statusText,
  verdictText,
} from '../../analysis/claims/texts.ts';
import { badgeLine } from './badge-line.ts';
import { type RatioRange, ratioBar, ratioRange } from './ratio-bar.ts';
import { type Html, html, unbroken } from './template.ts';

/** What the run says of each claim; nothing where the scenario makes none. */
export function claimsSection(analysis: Analysis): Html | undefined {
  const { claims } = analysis;
  if (claims.length === 0) return undefined;
  const ratios = claims.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ ratio }) => ratio?.interval ?? []),
  );
  const range = ratioRange(ratios, Math.max(...claims.map(({ claim }) => claim.margin)));
  return html`<section id="claims">
    <h2>Claims</h2>
    ${badgeLine(analysis)}
    <p class="quiet small">${unbroken(claimsLegend)}</p>
    <div class="scroll">
      <table class="comparison claims">
        <thead>
          <tr>
            <th scope="col">claim</th>
            <th scope="col">condition, and what was measured</th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          ${claims.map((result) => row(result, range))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row(result: ClaimResult, range: RatioRange): Html {
  const { claim, comparisons, verdict } = result;
  const open = openText(result);
  return html`<tr>
    <th scope="row">
      ${claim.name}<span class="detail">${claim.source} (${statusText(result)})</span>
    </th>
    <td>
      <q>${claim.words}</q>
      ${comparisons.map((compared) => {
        const { ratio, outcome, text } = compared;
        const kind = outcome === 'inconclusive' ? outcome : 'different';
        const bar =
          ratio?.interval === undefined
            ? undefined
            : ratioBar(ratio.interval, range, claim.margin, { kind });
        return html`<span class="detail"><code>${text}</code></span
          ><span class="ratio">${bar}${unbroken(effectText(compared))}</span>`;
      })}
      ${
        claim.reconstructed === undefined
          ? undefined
          : html`<span class="detail">reconstructed: ${claim.reconstructed}</span>`
      }
    </td>
    <td>
      <span class="value ${verdict === 'refuted' ? 'bad' : ''}">${verdictText(result)}</span>
      ${open === '' ? undefined : html`<span class="detail">${unbroken(open)}</span>`}
    </td>
  </tr>`;
}

/** Sentences need lines to break at. */
export const claimsStyle = `.claims td,.claims th{white-space:normal;max-width:none}
.claims tbody td:nth-child(2){min-width:340px}
.claims tbody td:nth-child(3){min-width:150px}
@media print{.claims tbody td:nth-child(2){min-width:0}.claims tbody td:nth-child(3){min-width:0}}
`;
