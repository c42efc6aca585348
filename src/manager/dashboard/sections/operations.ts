import { html, type Html } from '../../../base/html.ts';
import type { Picture } from '../picture.ts';
import { tableBody, tableRow, type Piece } from '../pieces.ts';
import { moment, span, stateWord } from '../words.ts';

type Operation = Picture['operations'][number];

export const underWayColumns = ['operation', 'guest', 'where', 'why there', 'for'] as const;
export const endedColumns = [
  ...['ended (UTC)', 'operation', 'guest', 'where', 'why there', 'outcome', 'took'],
] as const;

/** Of those that are over, how many are shown. */
const most = 40;

export function underWayBody({ operations, at }: Picture): Piece {
  const rows = operations
    .filter(({ state }) => state === 'accepted')
    .map((operation) => {
      const { id, action, guest, decision = '', since } = operation;
      const cells = [
        html`<th scope="row">${action}</th>
          <td>${guest}</td>`,
        html`<td>${where(operation)}</td>
          <td class="quiet">${decision}</td>`,
        html`<td class="number">
          ${since === undefined ? '–' : span(Math.floor((at - since) / 1000))}
        </td>`,
      ];
      return tableRow(`now-${id}`, cells);
    });
  return tableBody('now-body', underWayColumns.length, rows, 'Nothing is under way.');
}

export function endedBody({ operations, at }: Picture): Piece {
  const rows = operations
    .filter(({ state }) => state !== 'accepted')
    .sort((a, b) => (b.ended ?? 0) - (a.ended ?? 0))
    .slice(0, most)
    .map((operation) => {
      const { id, action, guest, state, decision = '', since, ended } = operation;
      const { reason, result = '' } = operation;
      const took = since === undefined || ended === undefined ? '–' : span((ended - since) / 1000);
      const told = reason === undefined ? result : html`<span class="reason">${reason}</span>`;
      const cells = [
        html`<td class="time">${moment(ended, at)}</td>
          <th scope="row">${action}</th>`,
        html`<td>${guest}</td>
          <td>${where(operation)}</td>
          <td class="quiet">${decision}</td>`,
        html`<td>${stateWord(state)} ${told}</td>
          <td class="number">${took}</td>`,
      ];
      return tableRow(`ended-${id}`, cells);
    });
  return tableBody('ended-body', endedColumns.length, rows, 'Nothing was asked for yet.');
}

function where({ host = '', target }: Operation): Html {
  return target === undefined ? html`${host}` : html`${host} → ${target}`;
}
