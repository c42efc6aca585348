import { html } from '../../../base/html.ts';
import { formatBytes } from '../../../base/units.ts';
import type { Picture } from '../picture.ts';
import { tableBody, tableRow, type Piece } from '../pieces.ts';
import { shareBar, span, stateWord } from '../words.ts';

export const hostColumns = [
  ...['host', 'state', 'vCPUs promised', 'memory promised', 'disk promised', 'guests'],
  ...['load', 'memory free'],
] as const;

export function hostsBody({ hosts }: Picture): Piece {
  const rows = hosts.map((host) => {
    const id = `host-${host.name}`;
    const silent = host.health === 'up' ? undefined : host.silent;
    const cells = [
      html`<th scope="row">${host.name}</th>`,
      html`<td>
        ${stateWord(host.health)}${silent === undefined ? '' : html` <span class="quiet">for ${span(silent)}</span>`}
      </td>`,
      html`<td>${shareBar(host.cpuUsed, host.cpu, String)}</td>`,
      html`<td>${shareBar(host.memoryUsed, host.memory, formatBytes)}</td>`,
      html`<td>${shareBar(host.diskUsed, host.disk, formatBytes)}</td>`,
      html`<td class="number">${host.guests}</td>`,
      html`<td class="number">${host.load?.toFixed(1) ?? '–'}</td>`,
      html`<td class="number">
        ${host.memoryFree === undefined ? '–' : formatBytes(host.memoryFree)}
      </td>`,
    ];
    return tableRow(id, cells);
  });
  const how = html`No hosts yet. <code>virtgauge cluster invite NAME</code> lets one join.`;
  return tableBody('hosts-body', hostColumns.length, rows, how);
}
