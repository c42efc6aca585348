import { html, type Html } from '../../base/html.ts';
import type { Picture } from './picture.ts';
import type { Piece } from './pieces.ts';
import { endedBody, endedColumns, underWayBody, underWayColumns } from './sections/operations.ts';
import { guestColumns, guestsBody } from './sections/guests.ts';
import { hostColumns, hostsBody } from './sections/hosts.ts';
import { refusalColumns, refusalsBody } from './sections/refusals.ts';
import { serviceColumns, servicesBody, sharingBody, sharingColumns } from './sections/services.ts';
import { summary } from './sections/summary.ts';
import { actionForm, signInForm, signOutForm } from './forms.ts';

export interface Rights {
  /** Whether whoever looks has shown the token. */
  readonly act: boolean;
}

const protections: Readonly<Record<string, string>> = {
  both: 'sealed messages in TLS',
  channel: 'messages in TLS',
  signed: 'signed and encrypted messages in TLS',
};

/** Everything of the page that changes. */
export function piecesOf(picture: Picture): Piece[] {
  return [
    ...summary(picture),
    hostsBody(picture),
    underWayBody(picture),
    guestsBody(picture),
    servicesBody(picture),
    sharingBody(picture),
    endedBody(picture),
    refusalsBody(picture),
  ];
}

/** The whole page; without scripts it is as good as a picture of this moment. */
export function dashboardPage(picture: Picture, { act }: Rights, message?: string): string {
  const pieces = new Map(piecesOf(picture).map((piece) => [piece.id, piece.html]));
  const piece = (id: string) => pieces.get(id);
  const { cluster, sealing } = picture.status;
  const body = html`<a class="skip" href="#hosts">To the hosts</a>
    <header>
      <p class="kicker">virtgauge cluster</p>
      <h1>${cluster}</h1>
      <p class="quiet">
        master up for ${piece('uptime')}, ${protections[sealing] ?? sealing} ·
        <span id="connection" role="status"
          >as of ${new Date(picture.at).toISOString().slice(11, 19)} UTC</span
        >
      </p>
      <nav aria-label="Parts of this page">
        <a href="#hosts">Hosts</a> <a href="#now">Under way</a> <a href="#guests">Guests</a>
        <a href="#services">Services</a>
        <a href="#ended">Decisions</a> <a href="#refused">Refusals</a>
        <a href="#act">${act ? 'Act' : 'Sign in'}</a>
      </nav>
    </header>
    ${message === undefined ? '' : html`<p class="message" role="alert">${message}</p>`}
    ${piece('summary')} ${piece('attention')}
    ${table('hosts', 'Hosts', hostColumns, piece('hosts-body'))}
    ${table('now', 'Under way', underWayColumns, piece('now-body'))}
    ${table('guests', 'Guests', guestColumns, piece('guests-body'))}
    ${table('services', 'Services', serviceColumns, piece('services-body'))}
    ${table('sharing', 'Who helps whom, and why', sharingColumns, piece('sharing-body'))}
    ${table('ended', 'Decisions and what became of them', endedColumns, piece('ended-body'))}
    ${table('refused', 'Refusals', refusalColumns, piece('refusals-body'))}
    <section id="act" aria-labelledby="act-title">
      <h2 id="act-title">${act ? 'Act' : 'Sign in to act'}</h2>
      ${act ? html`${actionForm(picture)}${signOutForm()}` : signInForm()}
    </section>`;
  return wholePage(`${cluster} · virtgauge`, body, true);
}

/** A page with nothing but one message, and perhaps a form. */
export function plainPage(title: string, text: string, form?: Html): string {
  const body = html`<header>
      <p class="kicker">virtgauge cluster</p>
      <h1>${title}</h1>
    </header>
    <p class="message" role="alert">${text}</p>
    ${form}
    <p><a href="/">Back to the dashboard</a></p>`;
  return wholePage(`${title} · virtgauge`, body, false);
}

function table(
  id: string,
  title: string,
  columns: readonly string[],
  body: Html | undefined,
): Html {
  const heads = columns.map((column) => html`<th scope="col">${column}</th>`);
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-title">
      <table>
        <thead>
          <tr>
            ${heads}
          </tr>
        </thead>
        ${body}
      </table>
    </div>
  </section>`;
}

function wholePage(title: string, body: Html, live: boolean): string {
  const script = live ? html`<script src="/live.js" defer></script>` : '';
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href="/style.css" />
        ${script}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.text;
}
