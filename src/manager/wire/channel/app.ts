import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Identity } from '../certificates/identity.ts';
import type { Peer } from '../certificates/trust.ts';
import type { Body } from '../messages/kinds.ts';
import { Refusal, type RefusalReason } from '../refusal.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { explained, type AuditLog } from './audit.ts';
import { readBody } from './read-body.ts';
import { Turnstile } from './turnstile.ts';

/** What a server of the wire does with what it has understood. */
export interface Handlers {
  /**
   * Answers a message of a session. What is thrown as a `Refusal` goes to the audit log, and to the peer
   * as `refused`.
   */
  answer(body: Body, peer: Peer): Promise<Body> | Body;
  /** Answers the document of a host that has a token in place of a certificate. */
  join?(document: Uint8Array): Promise<string>;
}

export interface AppOptions {
  readonly sessions: Sessions;
  readonly self: () => Identity;
  readonly handlers: Handlers;
  readonly audit: AuditLog;
  /**
   * Who is at the other end of a connection.
   * @throws Refusal if a certificate is needed and there is no good one
   */
  readonly peerOf: (incoming: HttpBindings['incoming']) => Peer | undefined;
}

type Bindings = { Bindings: HttpBindings };

const statuses: Partial<Record<RefusalReason, ContentfulStatusCode>> = {
  'too large': 413,
  'too slow': 408,
  'unknown session': 409,
  certificate: 403,
  revoked: 403,
  'not allowed': 403,
  token: 403,
  busy: 503,
};

/**
 * What a server of the wire answers: `GET /authority` and `GET /certificate` to anybody, `POST /join`
 * to holders of a token, `POST /handshake` and `POST /session/ID` to holders of a certificate. A refusal
 * tells the other end its reason, and its detail only the audit log.
 */
export function wireApp({ sessions, self, handlers, audit, peerOf }: AppOptions): Hono<Bindings> {
  const app = new Hono<Bindings>();
  const turnstile = new Turnstile(() => performance.now());

  app.get('/authority', (context) => context.text(self().trust.authority));
  app.get('/certificate', (context) => context.text(self().certificate));
  app.post('/join', async (context) => {
    if (handlers.join === undefined) throw new Refusal('not allowed', 'nobody joins here');
    return answerXml(context, await handlers.join(await readBody(context.env.incoming)));
  });
  app.post('/handshake', async (context) => {
    const peer = peerOf(context.env.incoming);
    const bytes = await readBody(context.env.incoming);
    // No refusal: whoever is told so comes again, on the same connection, and thousands may.
    if (!turnstile.opens()) return context.text('busy' satisfies RefusalReason, 503);
    return answerXml(context, await turnstile.through(() => sessions.accept(bytes, peer)));
  });
  app.post('/session/:id', async (context) => {
    const peer = peerOf(context.env.incoming);
    const bytes = await readBody(context.env.incoming);
    const session = sessions.find(context.req.param('id'), peer);
    const { header, body } = await session.read(bytes);
    sessions.confirm(session);
    const answer = await answered(session, body, context);
    return answerXml(context, (await session.write(answer, header.sequence)).document);
  });
  app.notFound((context) => refuse(context, new Refusal('not allowed', 'there is no such path')));
  app.onError((error, context) => refuse(context, error));
  return app;

  /** A refusal of what a good session has asked for travels in that session. */
  async function answered(session: Session, body: Body, context: Context<Bindings>): Promise<Body> {
    try {
      return await handlers.answer(body, session.peer);
    } catch (error) {
      const { role, name } = session.peer;
      audit.refused({
        ...{ from: addressOf(context), peer: `${role} ${name}`, asked: body.kind },
        ...explained(error),
      });
      if (!(error instanceof Refusal)) throw error;
      return { kind: 'refused', reason: error.message };
    }
  }

  function refuse(context: Context<Bindings>, error: unknown): Response {
    const why = explained(error);
    audit.refused({
      ...{ from: addressOf(context), asked: `${context.req.method} ${context.req.path}` },
      ...why,
    });
    const status = why.reason === 'fault' ? 500 : (statuses[why.reason] ?? 400);
    // Whatever is still to come of the request is not read.
    return context.text(why.reason, status, { Connection: 'close' });
  }
}

function answerXml(context: Context<Bindings>, document: string): Response {
  return context.body(document, 200, { 'Content-Type': 'application/xml' });
}

function addressOf(context: Context<Bindings>): string {
  return context.env.incoming.socket.remoteAddress ?? 'unknown';
}
