import { randomUUID } from 'node:crypto';
import { html, type Html } from '../../base/html.ts';
import type { Picture } from './picture.ts';

/** What may be asked for here; the rest is for `virtgauge cluster`. */
export const offeredActions = ['start', 'stop', 'migrate'] as const;

/** Asks for one operation; the id in it makes a form that is sent twice one request. */
export function actionForm({ guests, hosts }: Picture): Html {
  const choices = offeredActions.map((action) => html`<option>${action}</option>`);
  const names = (all: readonly { readonly name: string }[]) =>
    all.slice(0, 500).map(({ name }) => html`<option value="${name}"></option>`);
  return html`<form method="post" action="/operations">
    <input type="hidden" name="id" value="${randomUUID()}" />
    <label
      >What
      <select name="action">
        ${choices}
      </select></label
    >
    <label
      >Guest
      <input
        name="guest"
        list="guest-names"
        required
        maxlength="63"
        autocomplete="off"
        spellcheck="false"
    /></label>
    <label
      >To host
      <input
        name="host"
        list="host-names"
        maxlength="63"
        placeholder="the policy's choice"
        autocomplete="off"
        spellcheck="false"
    /></label>
    <datalist id="guest-names">${names(guests)}</datalist>
    <datalist id="host-names">${names(hosts)}</datalist>
    <button>Do it</button>
  </form>`;
}

export function signInForm(): Html {
  return html`<form method="post" action="/sign-in">
      <label
        >Token
        <input
          type="password"
          name="token"
          required
          maxlength="200"
          autocomplete="current-password"
      /></label>
      <button>Sign in</button>
    </form>
    <p class="quiet">
      The token is in the file <code>dashboard-token</code> of the master's folder.
    </p>`;
}

export function signOutForm(): Html {
  return html`<form method="post" action="/sign-out">
    <button class="plain">Sign out</button>
  </form>`;
}
