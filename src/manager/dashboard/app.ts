import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { namePattern } from '../../base/name.ts';
import { packageRoot } from '../../base/package-root.ts';
import { explained, type AuditLog } from '../wire/channel/audit.ts';
import type { BodyOf } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import { isOurName, type Access } from './access.ts';
import { Feed } from './feed.ts';
import { offeredActions, signInForm } from './forms.ts';
import { dashboardPage, plainPage } from './page.ts';
import { takePicture, type DashboardSource } from './picture.ts';
import { replacements, type Piece } from './pieces.ts';

export interface DashboardOptions {
  readonly source: DashboardSource;
  readonly access: Access;
  readonly audit: AuditLog;
  /** In the text format of Prometheus. */
  readonly metrics: () => Promise<{ type: string; text: string }>;
  /** Beyond this machine: over TLS, and looking needs the token too. */
  readonly beyond: boolean;
  readonly signal: AbortSignal;
}

/** More who look at the same time are told to come back. */
const mostWatching = 64;
const cookieName = 'virtgauge';

/** Nothing from elsewhere, nothing inline, and this page in nobody's frame. */
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const files = {
  'style.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

type Bindings = { Bindings: HttpBindings };

const statuses: Partial<Record<string, ContentfulStatusCode>> = { fault: 500, 'too large': 413 };

/** What the dashboard answers; read-only but for `POST /operations`, which needs the token. */
export function dashboardApp(options: DashboardOptions): Hono<Bindings> {
  const { source, access, audit, metrics, beyond, signal } = options;
  const app = new Hono<Bindings>();
  const feed = new Feed(source, signal);

  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
  });
  app.use(async (context, next) => {
    if (!beyond && !isOurName(context.req.header('host'))) {
      throw new Refusal('not allowed', 'it was asked for under a foreign name');
    }
    await next();
  });
  app.use(csrf());
  app.use(
    bodyLimit({
      maxSize: 16_384,
      onError: () => {
        throw new Refusal('too large', 'no form of this page is as large');
      },
    }),
  );
  for (const [name, type] of Object.entries(files)) {
    const text = readFileSync(join(packageRoot, 'assets', 'dashboard', name), 'utf8');
    app.get(`/${name}`, (context) => context.body(text, 200, { 'Content-Type': type }));
  }

  app.get('/', async (context) => {
    if (!mayLook(context)) {
      return context.html(plainPage('Sign in', 'Looking needs the token.', signInForm()), 401);
    }
    const { accepted } = context.req.query();
    const message = accepted === undefined ? undefined : 'Accepted: see below what becomes of it.';
    return context.html(
      dashboardPage(await takePicture(source), { act: mayAct(context) }, message),
    );
  });

  app.get('/events', (context) => {
    expectLook(context);
    if (feed.watching >= mostWatching) return context.text('too many are looking', 503);
    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      let shown: readonly Piece[] | undefined;
      for await (const frame of feed.watch(gone.signal)) {
        const { at, state } = frame;
        if (state === 'live') {
          const pieces = replacements(shown, frame.pieces);
          shown = frame.pieces;
          await stream.writeSSE({ event: 'pieces', data: JSON.stringify({ at, pieces }) });
        } else {
          shown = undefined;
          await stream.writeSSE({ event: 'failed', data: JSON.stringify({ at, why: frame.why }) });
        }
      }
    });
  });

  app.get('/metrics', async (context) => {
    expectLook(context);
    const { type, text } = await metrics();
    return context.body(text, 200, { 'Content-Type': type });
  });

  app.post('/sign-in', async (context) => {
    const { token } = await context.req.parseBody();
    if (typeof token !== 'string' || !access.isToken(token.trim())) {
      throw new Refusal('token', 'this is not the token of the dashboard');
    }
    setCookie(context, cookieName, access.cookie, cookieOptions());
    return context.redirect('/#act', 303);
  });

  app.post('/sign-out', (context) => {
    setCookie(context, cookieName, '', { ...cookieOptions(), maxAge: 0 });
    return context.redirect('/', 303);
  });

  app.post('/operations', async (context) => {
    if (!mayAct(context)) throw new Refusal('token', 'acting needs the token');
    const submit = submitOf(await context.req.parseBody());
    const answer = await source.ask(submit);
    if (answer.kind === 'refused') throw new Refusal('not allowed', answer.reason);
    return context.redirect('/?accepted#now', 303);
  });

  app.notFound((context) => refuse(context, new Refusal('not allowed', 'there is no such page')));
  app.onError((error, context) => refuse(context, error));
  return app;

  function mayAct(context: Context): boolean {
    const bearer = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    const cookie = getCookie(context, cookieName);
    return (
      (bearer !== undefined && access.isToken(bearer)) ||
      (cookie !== undefined && access.isCookie(cookie))
    );
  }

  function mayLook(context: Context): boolean {
    return !beyond || mayAct(context);
  }

  function expectLook(context: Context): void {
    if (!mayLook(context)) throw new Refusal('token', 'looking needs the token');
  }

  function cookieOptions() {
    return { path: '/', httpOnly: true, sameSite: 'Strict', secure: beyond } as const;
  }

  function refuse(context: Context<Bindings>, error: unknown): Response {
    const why = explained(
      error instanceof HTTPException ? new Refusal('not allowed', 'asked by another page') : error,
    );
    const { remoteAddress = 'unknown' } = context.env.incoming.socket;
    const asked = `${context.req.method} ${context.req.path}`;
    audit.refused({ from: remoteAddress, peer: 'dashboard', asked, ...why });
    const status = statuses[why.reason] ?? 403;
    // What went wrong inside is for the audit log only.
    const text =
      why.reason === 'fault' ? 'Something went wrong; the audit log says what.' : why.detail;
    const form = why.reason === 'token' ? signInForm() : undefined;
    return context.html(plainPage('Refused', text, form), status);
  }
}

/** @throws Refusal if it is none that is offered */
function submitOf(form: Record<string, unknown>): BodyOf<'submit'> {
  const [id, action, guest, host] = ['id', 'action', 'guest', 'host'].map((key) => {
    const value = form[key];
    return typeof value === 'string' ? value.trim() : '';
  });
  const known = offeredActions.find((each) => each === action);
  if (known === undefined) throw new Refusal('not allowed', 'this is not offered here');
  const bad = [guest, host === '' ? guest : host].some((name) => !namePattern.test(name ?? ''));
  if (bad || !/^[0-9a-f-]{36}$/.test(id ?? '')) {
    throw new Refusal('not allowed', 'expected the names of a guest and of a host');
  }
  const to = host === '' || known !== 'migrate' ? {} : { host };
  return {
    kind: 'submit',
    id: id ?? '',
    action: known,
    guest: guest ?? '',
    dryRun: false,
    ...to,
  };
}
