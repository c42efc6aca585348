import type { Analysis } from '../../analysis/analysis.ts';
import type { Decomposition, Part } from '../../analysis/decomposition/decomposition.ts';
import { partNames } from '../../analysis/decomposition/parts.ts';
import {
  decomposedText,
  decompositionLegend,
  partHeads,
  partTexts,
  restText,
} from '../../analysis/decomposition/texts.ts';
import { badgeLine } from './badge-line.ts';
import { ratioBar, ratioRange } from './ratio-bar.ts';
import { type Html, html, unbroken } from './template.ts';

/** The gain of clones on another storage, taken apart; nothing where the arms do not cross both. */
export function decompositionSection(analysis: Analysis): Html | undefined {
  const { decompositions } = analysis;
  if (decompositions.length === 0) return undefined;
  const others = [...new Set(decompositions.map(({ other }) => other))];
  return html`<section id="decomposition">
    <h2>Copy-on-write and storage, taken apart</h2>
    ${badgeLine(analysis)}
    ${others.map((other) => storageTables(decompositions.filter((one) => one.other === other)))}
  </section>`;

  function storageTables(own: readonly Decomposition[]): Html {
    const [first] = own as [Decomposition];
    const told = own.filter(({ series }) => series.id === first.series.id);
    const rest = own.filter(({ series }) => series.id !== first.series.id);
    return html`<p class="quiet small">${unbroken(decompositionLegend(first))}</p>
      ${table(told)}
      ${
        rest.length === 0
          ? undefined
          : html`<details>
              <summary>The same of the other figures</summary>
              ${table(rest)}
            </details>`
      }`;
  }

  function table(rows: readonly Decomposition[]): Html {
    const [first] = rows as [Decomposition];
    return html`<div class="scroll">
      <table class="comparison decomposition">
        <thead>
          <tr>
            <th></th>
            ${partHeads(first).map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map((one, index) => row(one, rows[index - 1], rows))}
        </tbody>
      </table>
    </div>`;
  }

  function row(
    one: Decomposition,
    previous: Decomposition | undefined,
    rows: readonly Decomposition[],
  ): Html {
    const name = decomposedText(one);
    const head = previous?.series.id === one.series.id ? undefined : html`${name}`;
    const label = restText(one);
    const { parts } = one;
    const n = html`<span class="detail">n = ${one.blocks}${noteOf(one)}</span>`;
    return html`<tr>
      <th scope="row">${head}<span class="detail">${label}</span>${n}</th>
      ${
        parts === undefined
          ? html`<td colspan="${partNames.length}">
              <span class="quiet">not comparable: ${one.why}</span>
            </td>`
          : partNames.map((part) => html`<td>${cell(parts[part], rows)}</td>`)
      }
    </tr>`;
  }

  function cell(part: Part, rows: readonly Decomposition[]): Html {
    const { gain, interval, share } = partTexts(part);
    const ends = rows.flatMap(({ parts }) => (parts === undefined ? [] : Object.values(parts)));
    const intervals = ends.flatMap((one) => intervalOf(one) ?? []);
    const own = intervalOf(part);
    const bar =
      own === undefined
        ? undefined
        : ratioBar(own, ratioRange(intervals, analysis.margin), analysis.margin, part.judgement);
    return html`<span class="value">× ${gain}</span
      ><span class="ratio ${part.judgement.kind}">${bar}${interval}</span>${
        share === undefined ? undefined : html`<span class="detail wrap">${share}</span>`
      }`;
  }
}

function intervalOf({ gain, interval }: Part) {
  return interval === undefined || Number.isNaN(gain)
    ? undefined
    : { estimate: gain, ...interval, confidence: 0.95 };
}

function noteOf({ failed, notConverged, leftOut, noiseFloor }: Decomposition): string {
  const lost = failed + notConverged;
  return [
    ...(lost > 0 ? [`, ${lost} without a figure`] : []),
    ...(leftOut > 0 ? [`, ${leftOut} left out`] : []),
    ...(noiseFloor ? [', one device: noise floor'] : []),
  ].join('');
}

/** Styles that only this section needs. */
export const decompositionStyle = `
.decomposition td{min-width:96px}
.decomposition .wrap{white-space:normal}
.decomposition thead th[scope=col]{white-space:normal;vertical-align:bottom;line-height:1.25;max-width:110px}
`;
