import { createServer as createPlainServer, type IncomingMessage, type Server } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { createAdaptorServer } from '@hono/node-server';
import type { Identity } from '../certificates/identity.ts';
import { verifyCertificate, type Peer } from '../certificates/trust.ts';
import { Refusal } from '../refusal.ts';
import { arms, type Arm } from '../session/arms.ts';
import { Sessions } from '../session/sessions.ts';
import { wireApp, type Handlers } from './app.ts';
import type { AuditLog } from './audit.ts';
import { listen } from './listen.ts';

export interface WireServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly arm: Arm;
  readonly self: () => Identity;
  readonly handlers: Handlers;
  readonly audit: AuditLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Seconds that a request may take to arrive. Default: 10. */
  readonly patience?: number;
}

export interface WireServer {
  readonly port: number;
  /** Shows the certificate that `self` has now to all that connect from now on. */
  renew(): void;
  close(): Promise<void>;
}

/** More at once are cut off: none of ours needs two. */
const mostConnections = 10_000;

/**
 * Serves the wire. With TLS it is 1.3, and the other end has to have a certificate for all but joining;
 * ours is checked by our own rules, so that the audit log has the reason.
 * @throws UserError if it cannot listen there
 */
export async function serveWire(options: WireServerOptions): Promise<WireServer> {
  const { host, port, arm, self, handlers, audit, now, patience = 10 } = options;
  const { tls } = arms[arm];
  const peerOf = tls ? peerOfConnections(self, now) : () => undefined;
  const sessions = new Sessions({ arm, self, now });
  const app = wireApp({ sessions, self, handlers, audit, peerOf });
  const timeouts = {
    requestTimeout: patience * 1000,
    headersTimeout: patience * 1000,
    connectionsCheckingInterval: Math.min(1000, patience * 500),
    keepAliveTimeout: 60_000,
    maxHeaderSize: 8192,
  };
  const server = createAdaptorServer({
    fetch: app.fetch,
    ...(tls
      ? {
          createServer,
          serverOptions: {
            ...timeouts,
            ...tlsFiles(self()),
            minVersion: 'TLSv1.3',
            requestCert: true,
            rejectUnauthorized: false,
            handshakeTimeout: patience * 1000,
          },
        }
      : { createServer: createPlainServer, serverOptions: timeouts }),
  }) as Server | TlsServer;
  server.maxConnections = mostConnections;
  auditConnections(server, audit);
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    renew() {
      if ('setSecureContext' in server) server.setSecureContext(tlsFiles(self()));
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function tlsFiles({ certificate, privateKey, trust }: Identity) {
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return { cert: certificate, key, ca: trust.authority };
}

/** A connection keeps its certificate; what may change meanwhile is looked at each time. */
function peerOfConnections(self: () => Identity, now: () => number) {
  const known = new WeakMap<Socket, Peer>();
  return ({ socket }: Pick<IncomingMessage, 'socket'>): Peer => {
    const seen = known.get(socket);
    const { trust } = self();
    if (seen !== undefined && !trust.revoked.has(seen.serial) && now() < seen.until) return seen;
    if (!(socket instanceof TLSSocket)) throw new Refusal('certificate', 'this is no TLS');
    const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
    if (raw === undefined) throw new Refusal('certificate', 'the connection has none');
    const peer = verifyCertificate(raw, trust, now());
    known.set(socket, peer);
    return peer;
  };
}

/** What does not even become a request is cut off, and is in the audit log too. */
function auditConnections(server: Server | TlsServer, audit: AuditLog): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const { code = '', message } = error;
    if (code !== 'ECONNRESET') {
      audit.refused({
        from: (socket as Partial<Socket>).remoteAddress ?? 'unknown',
        asked: /^(HPE|ERR_HTTP)_/.test(code) ? 'HTTP' : 'TLS',
        reason: /timeout/i.test(code + message) ? 'too slow' : 'malformed',
        detail: message,
      });
    }
    socket.destroy();
  });
}
