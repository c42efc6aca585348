import type { Analysis } from '../../analysis/analysis.ts';
import { isProminent } from '../../analysis/metric-hints.ts';
import type { SeriesResult } from '../../analysis/series-result.ts';
import type { Chart } from '../charts/chart.ts';
import type { Palette } from '../palette.ts';
import { runFacts, runName } from '../run-name.ts';
import { capacitySection } from './capacity-section.ts';
import { claimsSection, claimsStyle } from './claims-section.ts';
import { comparisonTable, tableLegend } from './comparison-table.ts';
import { badgeLine } from './badge-line.ts';
import { countersSection } from './counters-section.ts';
import { dataSection } from './data-section.ts';
import { decompositionSection, decompositionStyle } from './decomposition-section.ts';
import { head, noAnswer } from './head.ts';
import { inlineSvg } from './inline-svg.ts';
import { methodSection } from './method-section.ts';
import { outagesSection, outagesStyle } from './outages-section.ts';
import { setupsSection } from './setups-section.ts';
import { styleSheet } from './style.ts';
import { type Html, html, trusted, unbroken } from './template.ts';

/** A picture with its drawing. */
export interface DrawnChart extends Chart {
  svg: string;
}

/** Nothing is fetched, nothing runs: the page is text, styles and drawings. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The report as one file that opens offline. */
export function page(analysis: Analysis, charts: readonly DrawnChart[], palette: Palette): string {
  const { run } = analysis;
  const name = runName(run);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="virtgauge ${run.environment.virtgauge}" />
        <title>${name} · virtgauge</title>
        <style>
          ${trusted(styleOf(analysis, palette))}
        </style>
      </head>
      <body>
        <main>
          ${head(analysis, name)} ${answer(analysis)} ${warnings(analysis)}
          ${claimsSection(analysis)} ${comparison(analysis, palette)} ${capacitySection(analysis)}
          ${pictures(charts, palette)} ${methodSection(analysis)} ${dataSection(analysis, charts)}
          <footer>
            Made by virtgauge ${run.environment.virtgauge} from the folder of run
            ${runFacts(run)[0]}.
          </footer>
        </main>
      </body>
    </html> `.text;
}

function styleOf({ outages, decompositions, claims }: Analysis, palette: Palette): string {
  return [
    styleSheet(palette),
    outages === undefined ? '' : outagesStyle,
    claims.length === 0 ? '' : claimsStyle,
    decompositions.length === 0 ? '' : decompositionStyle,
  ].join('');
}

function answer({ answer: sentences, caveats, trials }: Analysis): Html {
  const items = sentences.map(
    ({ kind, text }) =>
      html`<li class="${kind}">
        <span class="kind">${kind.replace('-', ' ')}</span><span>${unbroken(text)}</span>
      </li>`,
  );
  return html`<section id="answer">
    <h2>The answer</h2>
    ${
      sentences.length === 0
        ? html`<p>${noAnswer(trials)}</p>`
        : html`<ul class="answer">
              ${items}
            </ul>
            <p class="quiet small">In brackets: 95 % intervals, and the number of trials n.</p>`
    }
    ${caveats.map((caveat) => html`<p class="quiet">${unbroken(caveat)}</p>`)}
  </section>`;
}

function warnings({ warnings: lines }: Analysis): Html {
  const items = lines.map((line) => html`<li>${unbroken(line)}</li>`);
  return html`<section id="warnings">
    <h2>Warnings</h2>
    ${
      lines.length === 0
        ? html`<p class="quiet">None.</p>`
        : html`<ul class="warnings">
            ${items}
          </ul>`
    }
  </section>`;
}

/** The outages of migrations come before the figures that they stand for. */
function comparison(analysis: Analysis, palette: Palette): Html {
  const table = (series: readonly SeriesResult[]) => comparisonTable(analysis, series, palette);
  const head = analysis.series.filter(isProminent);
  const others = analysis.series.filter((one) => !isProminent(one));
  const more =
    others.length === 0
      ? undefined
      : html`<details>
          <summary>${others.length} more figures</summary>
          ${table(others)}
        </details>`;
  const section = html`<section id="comparison">
    <h2>Comparison</h2>
    ${badgeLine(analysis)} ${tableLegend(analysis)} ${table(head)} ${more}
    ${setupsSection(analysis)}
  </section>`;
  return html`${outagesSection(analysis, palette)}${decompositionSection(analysis)}${section}${countersSection(analysis)}`;
}

function pictures(charts: readonly DrawnChart[], palette: Palette): Html {
  if (charts.length === 0) {
    return html`<section id="pictures">
      <h2>Pictures</h2>
      <p class="quiet">One figure of one arm needs no picture.</p>
    </section>`;
  }
  const figures = charts.map(
    (chart) =>
      html`<figure id="${chart.id}">
        ${inlineSvg(chart.svg, chart, palette)}
        <figcaption>
          ${unbroken(chart.caption)}
          <span class="files"
            >${['svg', 'png', 'vl.json'].map((ending, index) => html`${index === 0 ? '' : ' · '}<a href="charts/${chart.id}.${ending}">${ending === 'vl.json' ? 'spec' : ending.toUpperCase()}</a>`)}</span
          >
        </figcaption>
      </figure>`,
  );
  return html`<section id="pictures">
    <h2>Pictures</h2>
    ${figures}
  </section>`;
}
