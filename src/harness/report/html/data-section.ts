import type { Analysis } from '../../analysis/analysis.ts';
import { countText } from '../../analysis/quantity.ts';
import type { Chart } from '../charts/chart.ts';
import { commands } from '../method.ts';
import { tablesOf } from '../exporters/tables.ts';
import { type Html, html } from './template.ts';

const events: [string, Html, string] = [
  'raw',
  html`<a href="../events.ndjson">events.ndjson</a>`,
  'windows, outages, steps of the migrations, probes; the observers’ own records lie in artifacts/',
];

/** Where everything lies, and how to make it again. */
export function dataSection(analysis: Analysis, charts: readonly Chart[]): Html {
  const { run, sampleCount } = analysis;
  const rows: [string, Html, string][] = [
    ...tablesOf(analysis).map(({ file, about }): [string, Html, string] => [
      'table',
      html`<a href="tables/${file}">tables/${file}</a>`,
      about,
    ]),
    [
      'raw',
      html`<a href="../samples.ndjson">samples.ndjson</a>`,
      `all ${countText(sampleCount)} samples, one JSON object a line`,
    ],
    ['raw', html`<a href="../trials.ndjson">trials.ndjson</a>`, 'the trial log'],
    ...(analysis.outages === undefined ? [] : [events]),
    ['raw', html`<a href="../run.json">run.json</a>`, 'scenario, environment, seed'],
    ...(charts.length === 0
      ? []
      : [
          [
            'pictures',
            html`charts/`,
            `${countText(charts.length)} pictures as SVG, PNG and Vega-Lite`,
          ] as [string, Html, string],
        ]),
    ['text', html`<a href="report.md">report.md</a>`, 'this report as Markdown'],
    ['text', html`<a href="methods.txt">methods.txt</a>`, 'how it was measured, for a paper'],
  ];
  return html`<section id="data">
    <h2>Data</h2>
    <table class="facts">
      <tbody>
        ${rows.map(
          ([, link, about]) =>
            html`<tr>
              <th scope="row">${link}</th>
              <td>${about}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p>To make this report, or the run, again:</p>
    <pre><code>${commands(run).join('\n')}</code></pre>
  </section>`;
}
