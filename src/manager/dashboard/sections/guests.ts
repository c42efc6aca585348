import { html } from '../../../base/html.ts';
import { formatBytes } from '../../../base/units.ts';
import type { Picture } from '../picture.ts';
import { tableBody, tableRow, type Piece } from '../pieces.ts';
import { stateWord } from '../words.ts';

export const guestColumns = [
  ...['guest', 'state', 'host', 'vCPUs', 'memory', 'disk', 'image', 'CPU used', 'memory used'],
] as const;

/** More are left to `virtgauge cluster guests`. */
const most = 500;

export function guestsBody({ guests, operations }: Picture): Piece {
  const moving = new Map(
    operations
      .filter(({ state, action }) => state === 'accepted' && action === 'migrate')
      .map(({ guest, target }) => [guest, target]),
  );
  const rows: Piece[] = guests.slice(0, most).map((guest) => {
    const id = `guest-${guest.name}`;
    const to = moving.get(guest.name);
    const cells = [
      html`<th scope="row">${guest.name}</th>`,
      html`<td>${stateWord(guest.state)}</td>`,
      html`<td>
        ${guest.host ?? '–'}${to === undefined ? '' : html` <span class="busy">→ ${to}</span>`}
      </td>`,
      html`<td class="number">${guest.vcpus}</td>`,
      html`<td class="number">${formatBytes(guest.memory)}</td>`,
      html`<td class="number">${formatBytes(guest.disk)}</td>`,
      html`<td>${guest.image}</td>`,
      html`<td class="number">${guest.cpuUsed?.toFixed(2) ?? '–'}</td>`,
      html`<td class="number">
        ${guest.memoryUsed === undefined ? '–' : formatBytes(guest.memoryUsed)}
      </td>`,
    ];
    return tableRow(id, cells);
  });
  const rest = guests.length - most;
  if (rest > 0) {
    const text = `${rest} more: virtgauge cluster guests`;
    rows.push(
      tableRow('guests-rest', [
        html`<td class="empty" colspan="${guestColumns.length}">${text}</td>`,
      ]),
    );
  }
  const how = html`No guests yet. <code>virtgauge cluster create NAME</code> makes one.`;
  return tableBody('guests-body', guestColumns.length, rows, how);
}
