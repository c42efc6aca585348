import type { Analysis } from '../../analysis/analysis.ts';
import type { Setups } from '../../analysis/setups.ts';
import { type Html, html, unbroken } from './template.ts';

/** Beside a comparison of what runs guests: what else was not the same; nothing where there is one. */
export function setupsSection({ setups }: Pick<Analysis, 'setups'>): Html | undefined {
  if (setups === undefined) return undefined;
  const { rows, same } = setups;
  return html`<section id="setups">
    <h3>What else differs</h3>
    ${rows.length === 0 ? html`<p>Nothing that is known.</p>` : tableOf(setups)}
    ${same.length === 0 ? undefined : html`<p class="quiet small">${unbroken(`The same for all: ${same.join('; ')}.`)}</p>`}
  </section>`;
}

function tableOf({ names, rows }: Setups): Html {
  return html`<div class="scroll">
    <table class="facts">
      <thead>
        <tr>
          <th></th>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ what, values }) =>
            html`<tr>
              <th scope="row">${what}</th>
              ${values.map((value) => html`<td>${value}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
