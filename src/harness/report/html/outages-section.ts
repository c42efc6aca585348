import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import type { Completion } from '../../analysis/completion.ts';
import {
  columnHints,
  floorMark,
  observerHint,
  outagesLegend,
} from '../../analysis/migration/legend.ts';
import { observerNames, observers } from '../../analysis/migration/observers.ts';
import {
  type ArmOutages,
  isAtFloor,
  type LostWrites,
  type ObserverView,
} from '../../analysis/migration/outages.ts';
import { disagreementNotes, lostWritesSentence } from '../../analysis/migration/statements.ts';
import {
  calibrationText,
  floorText,
  latencyInterval,
  latencyText,
  percentText,
} from '../../analysis/migration/texts.ts';
import { quantity, quantityWithInterval } from '../../analysis/quantity.ts';
import { type Summary, worstWord } from '../../analysis/summary.ts';
import type { Palette } from '../palette.ts';
import { colourVariables } from './style.ts';
import { type Html, html, unbroken } from './template.ts';

/** Every arm's migrations as each observer saw them; nothing where none was measured. */
export function outagesSection(analysis: Analysis, palette: Palette): Html | undefined {
  const { run, outages, badges } = analysis;
  if (outages === undefined) return undefined;
  const variables = colourVariables(palette);
  const swatch = (arm: number) => {
    const { name } = variables.get(palette.arms[arm]?.light ?? '') ?? { name: '--quiet' };
    return html`<span class="swatch" style="background:var(${name})"></span>`;
  };
  const notes = [...disagreementNotes(run, outages), lostWritesSentence(outages) ?? []].flat();
  return html`<section id="outages">
    <h2>Outages as each observer saw them</h2>
    <p class="quiet small">${outagesLegend.join(' ')}</p>
    ${badges.length === 0 ? undefined : html`<p class="quiet small">${badges.join(' · ')}</p>`}
    <div class="scroll">
      <table class="comparison outages">
        <thead>
          <tr>
            <th></th>
            <th></th>
            <th scope="colgroup" colspan="${observerNames.length}">downtime, by observer</th>
            <th colspan="4"></th>
          </tr>
          <tr>
            <th></th>
            ${headCell('total time', columnHints.total)}
            ${observerNames.map((name) => headCell(observers[name].title, observerHint(name)))}
            ${headCell('lost work', columnHints.lostWork)}
            ${headCell('p99 latency', columnHints.latency)}
            ${headCell('lost writes', columnHints.lostWrites)}
            ${headCell('completion', columnHints.completion)}
          </tr>
        </thead>
        <tbody>
          ${outages.map(
            (one) =>
              html`<tr>
                <th scope="row">${swatch(one.arm)}${armText(run.arms[one.arm] ?? {})}</th>
                ${cells(one).map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      notes.length === 0
        ? undefined
        : html`<ul class="notes">
            ${notes.map((note) => html`<li>${unbroken(note)}</li>`)}
          </ul>`
    }
  </section>`;
}

function headCell(text: string, hint: string): Html {
  return html`<th scope="col" title="${hint}"><abbr>${text}</abbr></th>`;
}

function cells({ total, views, lostWork, latency, lostWrites, completion }: ArmOutages): Html[] {
  return [
    figure(total),
    ...views.map(viewCell),
    figure(lostWork),
    latencyCell(latency),
    lostWritesCell(lostWrites),
    completionCell(completion),
  ];
}

const nothing = html`<span class="quiet">–</span>`;

function figure(summary: Summary | undefined, mark = ''): Html {
  if (summary === undefined) return nothing;
  const { median, interval, n } = summary;
  const worst = worstWord(summary);
  const shown =
    interval === undefined
      ? { value: quantity(median, 's', worst), interval: 'no interval' }
      : quantityWithInterval(median, interval, 's', '∞');
  if (!Number.isFinite(median)) {
    return html`<span class="value wrap">${worst}</span><span class="detail">n = ${n}</span>`;
  }
  return html`<span class="value">${shown.value}${mark}</span
    ><span class="detail">${shown.interval}</span><span class="detail">n = ${n}</span>`;
}

function viewCell(view: ObserverView): Html {
  if (view.downtime === undefined) return nothing;
  const { floor, calibration } = view;
  const atFloor = isAtFloor(view);
  const near = atFloor ? html`<span class="detail bad">at the floor</span>` : undefined;
  return html`${figure(view.downtime, atFloor ? ` ${floorMark}` : '')}${near}<span class="detail"
      >${floor === undefined ? 'no floor' : `floor ${floorText(floor)}`}</span
    ><span class="detail"
      >${calibration === undefined ? 'not calibrated' : calibrationText(calibration)}</span
    >`;
}

function latencyCell({ control, migration }: ArmOutages['latency']): Html {
  if (control === undefined && migration === undefined) return nothing;
  return html`<span class="value">${latencyText(migration)}</span
    ><span class="detail">${latencyInterval(migration)}</span
    ><span class="detail">from ${latencyText(control)}</span
    ><span class="detail">${latencyInterval(control)}</span
    ><span class="detail">n = ${(migration ?? control)?.n ?? 0}</span>`;
}

function lostWritesCell(writes: LostWrites | undefined): Html {
  if (writes === undefined) return html`<span class="quiet">not checked</span>`;
  const { lost, losing, n, bound } = writes;
  const where = lost === 0 ? `0 of ${n} lost any` : `in ${losing} of ${n}`;
  return html`<span class="value">${lost}</span><span class="detail">${where}</span
    ><span class="detail">up to ${percentText(bound)}</span>`;
}

function completionCell(completion: Completion): Html {
  const { n, completed, notConverged, failed } = completion;
  const rest = [
    ...(notConverged === 0 ? [] : [`${notConverged} did not converge`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ];
  return html`<span class="value">${completed} of ${n}</span
    >${rest.map((text) => html`<span class="detail bad wrap">${text}</span>`)}`;
}

/** Styles that only this section needs. */
export const outagesStyle = `
.outages td{min-width:0;padding-right:7px}
.outages thead th{padding-right:7px}
.outages .detail{font-size:11px}
.outages tbody th{min-width:92px;max-width:112px;width:112px;padding-right:7px}
.outages thead th[scope=col]{white-space:normal;vertical-align:bottom;line-height:1.25}
.outages thead th[scope=colgroup]{text-align:left}
.outages abbr{text-decoration:underline dotted var(--quiet);text-underline-offset:3px;cursor:help}
.outages .wrap{white-space:normal}
.notes{margin:14px 0 0;padding-left:18px;max-width:62em}
.notes li{margin:0 0 6px}
.answer .disagreement .kind{color:var(--accent);font-weight:600}
@media print{
.outages td{min-width:0;padding-right:5px}
.outages thead th{font-size:7pt;padding-right:5px}
.outages .value{font-size:7.5pt}
.outages .detail{font-size:6.2pt}
.outages tbody th{min-width:56px}
}
`;
