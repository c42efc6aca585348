import { html } from '../../../base/html.ts';
import type { Picture } from '../picture.ts';
import type { Piece } from '../pieces.ts';
import { span } from '../words.ts';

/** The four figures at the top, and under them whatever somebody has to look at. */
export function summary(picture: Picture): Piece[] {
  const { status, operations } = picture;
  const undone = operations.filter(({ state }) => state === 'undone').length;
  const tile = (label: string, value: number, of: number | undefined, bad: boolean) =>
    html`<div class="${bad ? 'tile bad' : 'tile'}">
      <dt>${label}</dt>
      <dd>${value}${of === undefined ? '' : html` <span class="of">of ${of}</span>`}</dd>
    </div>`;
  const tiles = [
    tile('hosts up', status.up, status.hosts, status.up < status.hosts),
    tile('guests running', running(picture), status.guests, unknown(picture) > 0),
    tile('operations under way', status.pending, undefined, false),
    tile('operations undone', undone, undefined, undone > 0),
  ];
  return [
    { id: 'summary', html: html`<dl id="summary" class="tiles">${tiles}</dl>` },
    { id: 'attention', html: attention(picture) },
    { id: 'uptime', html: html`<span id="uptime">${uptime(status.uptime)}</span>` },
  ];
}

/** Coarse, so that it does not change each second. */
function uptime(seconds: number): string {
  return seconds < 60 ? 'less than a minute' : span(Math.floor(seconds / 60) * 60);
}

function running({ guests }: Picture): number {
  return guests.filter(({ state }) => state === 'running').length;
}

function unknown({ guests }: Picture): number {
  return guests.filter(({ state }) => state === 'unknown').length;
}

function attention({ hosts, guests, at }: Picture) {
  const lines = hosts
    .filter(({ health }) => health === 'suspect' || health === 'down')
    .map(({ name, health, silent, note }) => {
      const count = guests.filter(({ host }) => host === name).length;
      const since =
        silent === undefined
          ? 'has not been heard of since the master started'
          : `has been silent since ${new Date(at - silent * 1000).toISOString().slice(11, 19)} UTC`;
      const left = `${count} ${count === 1 ? 'guest was' : 'guests were'} on it`;
      return html`<li>
        <strong>${name}</strong> is ${health}: it ${since};
        ${left}.${note === undefined ? '' : ` ${note}`}
      </li>`;
    });
  const body =
    lines.length === 0
      ? ''
      : html`<ul>
          ${lines}
        </ul>`;
  return html`<div id="attention" role="status">${body}</div>`;
}
