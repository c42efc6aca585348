import { html } from '../../../base/html.ts';
import type { Picture } from '../picture.ts';
import { tableBody, tableRow, type Piece } from '../pieces.ts';
import { moment } from '../words.ts';

export const refusalColumns = ['refused (UTC)', 'who', 'asked', 'reason', 'in words'] as const;

export function refusalsBody({ refusals, at }: Picture): Piece {
  const rows = refusals.map((line, index) => {
    const id = `refused-${index}`;
    const cells = [
      html`<td class="time">${moment(Date.parse(line.at), at)}</td>`,
      html`<td>${line.peer ?? line.from}</td>
        <td>${line.asked ?? ''}</td>`,
      html`<th scope="row">${line.reason}</th>
        <td class="quiet">${line.detail}</td>`,
    ];
    return tableRow(id, cells);
  });
  return tableBody('refusals-body', refusalColumns.length, rows, 'Nothing was refused.');
}
