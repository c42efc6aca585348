import type { Analysis } from '../../analysis/analysis.ts';
import type { Capacity, CapacityLine } from '../../analysis/capacity/capacity.ts';
import {
  crossingSentence,
  guestBounds,
  guestsText,
  parameterBounds,
  parameterText,
  peakBounds,
  peakText,
  rangeText,
  withinCount,
} from '../../analysis/capacity/texts.ts';
import { capacityWarnings } from '../../analysis/capacity/warnings.ts';
import { quantity, quantityWithInterval } from '../../analysis/quantity.ts';
import { type Html, html, unbroken } from './template.ts';

/** How many guests the storages carry; nothing where the run was not made to tell. */
export function capacitySection({ capacity, badges }: Analysis): Html | undefined {
  if (capacity === undefined) return undefined;
  const { job, limits, lines } = capacity;
  const stated =
    limits.length === 0
      ? 'No limit is stated in the scenario (key limits).'
      : `Limits: ${limits.map(({ text }) => text).join('; ')}.`;
  const limited = lines.some(({ all }) => all !== undefined);
  return html`<section id="capacity">
    <h2>Capacity</h2>
    <p class="quiet small">
      Job ${job}. ${unbroken(stated)} Curve: Universal Scalability Law, X(N) = λN / (1 + σ(N−1) +
      κN(N−1)). Intervals: 95 %, from resampling n whole blocks.
    </p>
    ${badges.length === 0 ? undefined : html`<p class="quiet small">${badges.join(' · ')}</p>`}
    <div class="scroll">
      <table class="comparison">
        <thead>
          <tr>
            <th></th>
            ${limited ? html`<th scope="col">guests within the limits</th>` : undefined}
            <th scope="col">one guest (λ)</th>
            <th scope="col">contention σ</th>
            <th scope="col">coherency κ</th>
            <th scope="col">peak</th>
          </tr>
        </thead>
        <tbody>
          ${lines.map((line) => row(line, limited, capacity.blocks))}
        </tbody>
      </table>
    </div>
    ${list(capacity)}
  </section>`;
}

function row(line: CapacityLine, limited: boolean, blocks: number): Html {
  const { text, law } = line;
  return html`<tr>
    <th scope="row">${text}<span class="detail">n = ${blocks}</span></th>
    ${limited ? html`<td>${withinCell(line)}</td>` : undefined}
    ${
      law === undefined
        ? html`<td colspan="4"><span class="quiet">no curve below 3 numbers of guests</span></td>`
        : [
            cell(
              quantity(law.lambda.value, 'B/s'),
              law.lambda.interval === undefined
                ? 'no interval'
                : quantityWithInterval(law.lambda.value, law.lambda.interval, 'B/s').interval,
            ),
            cell(parameterText(law.sigma.value), parameterBounds(law.sigma)),
            cell(parameterText(law.kappa.value), parameterBounds(law.kappa)),
            cell(peakText(law), peakBounds(law)),
          ]
    }
  </tr>`;
}

function withinCell(line: CapacityLine): Html {
  const { all, hosts } = line;
  if (all === undefined) return html`<span class="quiet">–</span>`;
  const known = all.guests > 0 && all.guests < Infinity;
  const exact = known ? `${guestsText(all.guests)}, ` : '';
  const each =
    known && hosts > 1
      ? html`<span class="detail"
          >${guestsText(Math.floor((10 * all.guests) / hosts) / 10)} a host</span
        >`
      : undefined;
  return html`<span class="value">${withinCount(all, line)}</span
    ><span class="detail">${exact}${guestBounds(all.interval, line)}</span>${each}<span
      class="detail"
      >${all.first?.text ?? 'no limit broken'}</span
    ><span class="detail">measured: ${rangeText(line)}</span>`;
}

function cell(value: string, detail: string): Html {
  return html`<td><span class="value">${value}</span><span class="detail">${detail}</span></td>`;
}

function list(capacity: Capacity): Html | undefined {
  const crossings = capacity.crossings.map((crossing) => crossingSentence(capacity, crossing));
  const notes = [...crossings, ...capacityWarnings(capacity)];
  if (notes.length === 0) return undefined;
  return html`<ul class="small">
    ${notes.map((note) => html`<li>${unbroken(note)}</li>`)}
  </ul>`;
}
