import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { listen } from '../wire/channel/listen.ts';
import type { AuditLog } from '../wire/channel/audit.ts';
import type { Identity } from '../wire/certificates/identity.ts';
import { accessBy, isLoopback, tokenIn } from './access.ts';
import { dashboardApp } from './app.ts';
import type { Watch } from './watch.ts';

export interface ServeDashboard {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Of the master; the token is kept there. */
  readonly folder: string;
  readonly self: () => Identity;
  readonly watch: Watch;
  readonly audit: AuditLog;
}

export interface Dashboard {
  readonly url: string;
  /** Shows the certificate that `self` has now to all that connect from now on. */
  renew(): void;
  close(): Promise<void>;
}

/** More connections at once are cut off. */
const mostConnections = 256;

/**
 * Serves the dashboard and `/metrics`: by HTTP where only this machine reaches it, else by TLS with the
 * certificate of the master, and then nothing without the token.
 * @throws UserError if it cannot listen there
 */
export async function serveDashboard(options: ServeDashboard): Promise<Dashboard> {
  const { host, port, folder, self, watch, audit } = options;
  const beyond = !isLoopback(host);
  const stop = new AbortController();
  const app = dashboardApp({
    ...{ source: watch.source, audit, beyond, signal: stop.signal },
    access: accessBy(tokenIn(join(folder, 'dashboard-token'))),
    metrics: () => watch.metrics.text(),
  });
  const limits = { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192 };
  const server = createAdaptorServer({
    fetch: app.fetch,
    ...(beyond
      ? { createServer, serverOptions: { ...limits, ...tlsFiles(self()), minVersion: 'TLSv1.3' } }
      : { createServer: createPlainServer, serverOptions: limits }),
  }) as TlsServer;
  server.maxConnections = mostConnections;
  await listen(server, host, port);
  const at = (server.address() as AddressInfo).port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${beyond ? 'https' : 'http'}://${name}:${at}/`,
    renew() {
      if (beyond) server.setSecureContext(tlsFiles(self()));
    },
    async close() {
      stop.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function tlsFiles({ certificate, privateKey }: Identity) {
  return { cert: certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}
