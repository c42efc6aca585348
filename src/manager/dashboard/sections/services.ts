import { html, type Html } from '../../../base/html.ts';
import { decisionText, rate } from '../../front/decisions.ts';
import type { Picture } from '../picture.ts';
import { tableBody, tableRow, type Piece } from '../pieces.ts';
import { moment, shareBar, span, stateWord } from '../words.ts';

export const serviceColumns = [
  ...['service', 'state', 'asked for, of its capacity', 'lends', 'borrows', 'servers', 'director'],
] as const;
export const sharingColumns = ['decided (UTC)', 'what', 'in words', 'director'] as const;

type Director = Picture['directors'][number];
type Service = Director['services'][number];

/** Seconds of silence after which nothing is known of a director's services. */
const silentAfter = 10;
/** Decisions that are shown. */
const most = 20;

export function servicesBody({ directors }: Picture): Piece {
  const rows = directors.flatMap((director) =>
    director.services.map((service) => serviceRow(director, service)),
  );
  const how = html`No services. <code>virtgauge cluster share FILE</code> lets some help each other.`;
  return tableBody('services-body', serviceColumns.length, rows, how);
}

export function sharingBody({ directors, at }: Picture): Piece {
  const rows = directors
    .flatMap(({ name, decisions }) => decisions.map((decision) => ({ name, decision })))
    .sort((a, b) => b.decision.at - a.decision.at)
    .slice(0, most)
    .map(({ name, decision }, index) =>
      tableRow(`sharing-${index}`, [
        html`<td class="time">${moment(decision.at, at)}</td>
          <td>${stateWord(decision.what)}</td>
          <td>${decisionText(decision)}</td>
          <td class="quiet">${name}</td>`,
      ]),
    );
  return tableBody('sharing-body', sharingColumns.length, rows, 'Nobody has needed help yet.');
}

function serviceRow(director: Director, service: Service): Piece {
  const { name, address, demand, capacity } = service;
  const { lends, borrows } = lentBy(director, name);
  const silent = director.silent > silentAfter;
  const from = director.grants.filter(({ to }) => to === name).map((grant) => grant.from);
  return tableRow(`service-${director.name}-${name}`, [
    html`<th scope="row">${name} <span class="quiet">${address}</span></th>
      <td>${silent ? stateWord('unknown') : stateWord(stateOf(director, service))}</td>`,
    html`<td>${shareBar(demand, capacity, rate)}</td>
      <td class="number">${lends > 0 ? rate(lends) : '–'}</td>
      <td>${borrows > 0 ? `${rate(borrows)} of ${from.join(', ')}` : '–'}</td>`,
    html`<td>${serversOf(service)}</td>
      <td class="quiet">
        ${director.name}, ${director.policy}${silent ? `, silent for ${span(director.silent)}` : ''}
      </td>`,
  ]);
}

/** Each with its weight, and what it is asked for. */
function serversOf({ servers }: Service): Html {
  const lines = servers.map(
    ({ guest, address, weight, active, rate: asked }) =>
      html`<li>
        ${guest ?? address}
        <span class="quiet">weight ${weight}, ${rate(asked)}, ${active} open</span>
      </li>`,
  );
  return lines.length === 0
    ? html`–`
    : html`<ul class="servers">
        ${lines}
      </ul>`;
}

export function lentBy({ grants }: Pick<Director, 'grants'>, service: string) {
  const sum = (which: 'from' | 'to') =>
    grants.reduce((all, grant) => (grant[which] === service ? all + grant.amount : all), 0);
  return { lends: sum('from'), borrows: sum('to') };
}

function stateOf(director: Director, { name, demand, capacity }: Service): string {
  const { lends, borrows } = lentBy(director, name);
  if (borrows > 0) return 'helped';
  if (demand > capacity) return 'overloaded';
  return lends > 0 ? 'helping' : 'up';
}
