import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import type { Middle } from '../../analysis/middle.ts';
import { bytesText } from '../../analysis/quantity.ts';
import {
  counterDetail,
  counterInterval,
  countersLegend,
  counterText,
  type PageCounters,
  pageCounters,
} from '../../analysis/storage-use/page-counters.ts';
import { badgeLine } from './badge-line.ts';
import { type Html, html, unbroken } from './template.ts';

/** What the clients of the storages counted beside the guests' figures; nothing where they cannot. */
export function countersSection(analysis: Analysis): Html | undefined {
  const tables = pageCounters(analysis.counters);
  if (tables.length === 0) return undefined;
  return html`<section id="counters">
    <h2>What the storage’s clients moved</h2>
    ${badgeLine(analysis)}
    <p class="quiet small">
      ${unbroken(countersLegend)} All counters: tables/storage-counters.csv.
    </p>
    ${tables.map((one) => tableOf(analysis, one))}
  </section>`;
}

function tableOf({ run }: Analysis, { storage, counters, rows }: PageCounters): Html {
  const guests = (bytes: Middle | undefined) =>
    html`<td>
      ${
        bytes === undefined
          ? html`<span class="quiet">–</span>`
          : html`<span class="value">${bytesText(Math.round(bytes.median))}</span
              ><span class="detail">${counterInterval(bytes)}</span>`
      }
    </td>`;
  return html`<div class="scroll">
    <table class="comparison">
      <thead>
        <tr>
          <th scope="row">${storage}</th>
          <th scope="col">guests read</th>
          <th scope="col">guests wrote</th>
          ${counters.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ arm, n, read, written, cells }) =>
            html`<tr>
              <th scope="row">
                ${armText(run.arms[arm] ?? {})}<span class="detail">n = ${n}</span>
              </th>
              ${guests(read)}${guests(written)}
              ${cells.map((cell) => {
                if (cell === undefined) return html`<td><span class="quiet">–</span></td>`;
                const detail = counterDetail(cell, cells);
                return html`<td>
                  <span class="value">${counterText(cell.counter, cell.median)}</span
                  ><span class="detail">${counterInterval(cell, cell.counter)}</span
                  >${detail === undefined ? undefined : html`<span class="detail">${detail}</span>`}
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
