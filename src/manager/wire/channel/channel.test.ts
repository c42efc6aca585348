import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect as connectPlain, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthority, issueCertificate, type Authority } from '../certificates/authority.ts';
import { createIdentity, identityOf, type Identity } from '../certificates/identity.ts';
import { requestKey } from '../certificates/keys.ts';
import { toPem } from '../certificates/pem.ts';
import { fingerprint, verifyCertificate } from '../certificates/trust.ts';
import type { Body } from '../messages/kinds.ts';
import { Refusal } from '../refusal.ts';
import { arms, type Arm } from '../session/arms.ts';
import { Conversation, type Channel } from '../session/conversation.ts';
import { openAuditLog, type AuditLog, type Refused } from './audit.ts';
import { openChannel, openPinnedChannel } from './client.ts';
import { serveWire, type WireServer } from './server.ts';

const ok: Body = { kind: 'ok', revoked: [] };
const ask: Body = { kind: 'query', what: 'status' };
const refusal = (reason: string) => expect.objectContaining({ name: 'Refusal', reason }) as Error;
const folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
const revoked = new Set<string>();
const identities: Record<string, Identity> = {};
let authority: Authority;
let server: WireServer;
let audit: AuditLog;
let auditFile: string;
let channels: { close(): Promise<void> }[] = [];

function self(name: string): Identity {
  const found = identities[name];
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

beforeAll(async () => {
  const now = Date.now();
  authority = await createAuthority('test', now);
  const other = await createAuthority('test', now);
  const make = async (
    label: string,
    of: Parameters<typeof createIdentity>[1],
    from = authority,
  ) => {
    const files = await createIdentity(from, of);
    const trust = { authority: from.certificate, revoked };
    identities[label] = identityOf(of.name, files, trust);
  };
  await Promise.all([
    make('master', { name: 'master', role: 'master', now, days: 90 }),
    make('agent', { name: 'host-a', role: 'agent', now, days: 90 }),
    make('expired', { name: 'host-a', role: 'agent', now: now - 10 * 86_400_000, days: 9 }),
    make('stranger', { name: 'host-a', role: 'agent', now, days: 90 }, other),
  ]);
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  auditFile = join(folder, `${Math.random()}.ndjson`);
  audit = openAuditLog(auditFile, Date.now);
});

afterEach(async () => {
  for (const each of channels) await each.close();
  channels = [];
  revoked.clear();
  await server.close();
  audit.close();
});

async function serve(arm: Arm = 'both', patience = 10): Promise<void> {
  server = await serveWire({
    ...{
      host: '127.0.0.1',
      port: 0,
      arm,
      self: () => self('master'),
      audit,
      now: Date.now,
      patience,
    },
    handlers: {
      answer: (body) => {
        if (body.kind === 'query') return ok;
        throw new Refusal('not allowed', `no ${body.kind} here`);
      },
      join: (document) => Promise.resolve(Buffer.from(document).toString().toUpperCase()),
    },
  });
}

function channel(as: string, arm: Arm = 'both'): Channel {
  const peer = { name: 'master', role: 'master' } as const;
  const address = `127.0.0.1:${server.port}`;
  const opened = openChannel({ address, arm, self: () => self(as), peer, now: Date.now });
  channels.push(opened);
  return opened;
}

function conversation(as: string, arm: Arm = 'both'): Conversation {
  const peer = { name: 'master', role: 'master' } as const;
  return new Conversation({
    ...{ arm, channel: channel(as, arm), self: () => self(as), peer, now: Date.now },
  });
}

function refusals(): Refused[] {
  if (!existsSync(auditFile)) return [];
  const lines = readFileSync(auditFile, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Refused);
}

/** Resolves when a connection is over, however it ended. */
function closing(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

/** A raw connection that shows a certificate, or none. */
async function raw(as: string | undefined, options: ConnectionOptions = {}) {
  const files = as && {
    cert: self(as).certificate,
    key: self(as).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const socket = connect({
    ...{ host: '127.0.0.1', port: server.port, rejectUnauthorized: false, ...files },
    ...options,
  });
  const closed = closing(socket);
  const secured = new Promise((resolve) => socket.once('secureConnect', resolve));
  await Promise.race([secured, closed]);
  let received = '';
  socket.on('data', (data: Buffer) => (received += data.toString()));
  return { socket, closed, received: () => received };
}

describe.each(Object.keys(arms) as Arm[])('arm %s', (arm) => {
  it('carries requests and answers between two ends', async () => {
    await serve(arm);
    const talk = conversation('agent', arm);
    expect(await talk.request(ask)).toEqual(ok);
    expect(await talk.request({ kind: 'invite', host: 'x' })).toMatchObject({ kind: 'refused' });
    expect(await talk.request(ask)).toEqual(ok);
    expect(refusals()).toMatchObject([
      { reason: 'not allowed', detail: 'no invite here', peer: 'agent host-a', asked: 'invite' },
    ]);
  });
});

describe('a server refuses, and says in its audit log why', () => {
  it.each([
    ['expired', /^it has expired/],
    ['stranger', /^it was not issued by the authority/],
  ])('a certificate that is %s', async (as, detail) => {
    await serve();
    const { socket, closed, received } = await raw(as);
    socket.write('POST /handshake HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n<a/>');
    await closed;
    expect(received()).toMatch(/^HTTP\/1.1 403 /);
    expect(refusals()).toMatchObject([
      { reason: 'certificate', detail: expect.stringMatching(detail) as string },
    ]);
  });

  it('no certificate, except where a token will do', async () => {
    await serve();
    const { socket, closed, received } = await raw(undefined);
    socket.write('POST /session/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n<a/>');
    await closed;
    expect(received()).toMatch(/^HTTP\/1.1 403 /);
    expect(refusals()).toMatchObject([
      { reason: 'certificate', detail: 'the connection has none' },
    ]);

    const address = `127.0.0.1:${server.port}`;
    const pin = fingerprint(authority.certificate);
    const { channel: pinned } = await openPinnedChannel(address, pin);
    channels.push(pinned);
    expect(Buffer.from(await pinned.post('/join', '<a/>')).toString()).toBe('<A/>');
    const other = pin.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await expect(openPinnedChannel(address, other)).rejects.toThrow(refusal('certificate'));
  });

  it('a certificate that was revoked while its connection stood', async () => {
    await serve();
    const talk = conversation('agent');
    await talk.request(ask);
    const { trust, certificate } = self('agent');
    const { serial } = verifyCertificate(certificate, trust, Date.now());
    revoked.add(serial);
    await expect(talk.request(ask)).rejects.toThrow(refusal('revoked'));
    expect(refusals()).toMatchObject([{ reason: 'revoked' }]);
  });

  it('a body of 100 MB, told beforehand or not, before it has come', async () => {
    await serve();
    const headers = ['Content-Length: 100000000', 'Transfer-Encoding: chunked'];
    for (const header of headers) {
      const { socket, closed, received } = await raw('agent');
      socket.write(`POST /handshake HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`);
      const chunk = Buffer.alloc(65_536, 'a');
      const send = () => {
        if (socket.destroyed) return;
        if (header.startsWith('Transfer')) socket.write('10000\r\n');
        socket.write(chunk);
        socket.write('\r\n', () => setImmediate(send));
      };
      send();
      await closed;
      expect(socket.bytesWritten).toBeLessThan(50e6);
      expect(received()).toMatch(/^(HTTP\/1.1 413 .*)?/);
    }
    expect(refusals().map(({ reason }) => reason)).toEqual(['too large', 'too large']);
  });

  it('a sender that never comes to the end', async () => {
    await serve('both', 0.5);
    const { socket, closed } = await raw('agent');
    socket.write('POST /handshake HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<a');
    await closed;
    const header = await raw('agent');
    header.socket.write('POST /hand');
    await header.closed;
    const silent = connectPlain({ host: '127.0.0.1', port: server.port });
    await closing(silent);
    await vi.waitFor(() => {
      expect(refusals().filter(({ reason }) => reason === 'too slow')).toHaveLength(3);
    });
  });

  it('TLS before 1.3, and what is no TLS', async () => {
    await serve();
    const { closed } = await raw('agent', { maxVersion: 'TLSv1.2' });
    await closed;
    const plain = connectPlain({ host: '127.0.0.1', port: server.port });
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await closing(plain);
    await vi.waitFor(() => expect(refusals()).toHaveLength(2));
    expect(refusals()).toMatchObject([
      { asked: 'TLS', reason: 'malformed' },
      { asked: 'TLS', reason: 'malformed' },
    ]);
  });

  it('a path that is none, and XML that is none', async () => {
    await serve();
    const open = channel('agent');
    await expect(open.get('/../etc/passwd')).rejects.toThrow(refusal('not allowed'));
    await expect(open.post('/handshake', '<!DOCTYPE a><a/>')).rejects.toThrow(
      refusal('not permitted in XML'),
    );
    await expect(open.post('/session/x', '<a/>')).rejects.toThrow(refusal('unknown session'));
    expect(refusals()).toHaveLength(3);
  });
});

it('many that begin at once are all answered', async () => {
  await serve();
  const { privateKey, request } = await requestKey('any');
  const names = Array.from({ length: 8 }, (_, at) => `host-${at}`);
  const talks = names.map(async (name) => {
    const of = { name, role: 'agent', request, now: Date.now(), days: 1 } as const;
    const certificate = toPem('CERTIFICATE', await issueCertificate(authority, of));
    identities[name] = identityOf(name, { certificate, privateKey }, self('agent').trust);
    return await conversation(name).request(ask);
  });
  expect(await Promise.all(talks)).toEqual(names.map(() => ok));
  expect(refusals()).toEqual([]);
});

it('a server shows a renewed certificate to whoever connects from then on', async () => {
  await serve();
  const before = conversation('agent');
  await before.request(ask);
  const now = Date.now();
  const files = await createIdentity(authority, { name: 'master', role: 'master', now, days: 90 });
  const old = self('master');
  identities['master'] = identityOf('master', files, old.trust);
  server.renew();
  // As if the old one had been stolen.
  revoked.add(verifyCertificate(old.certificate, old.trust, now).serial);
  expect(await conversation('agent').request(ask)).toEqual(ok);
});

describe('a client refuses', () => {
  it('a server that is not the one, has expired, or is of another cluster', async () => {
    await serve();
    const address = `127.0.0.1:${server.port}`;
    const as = (name: string, label: string, now = Date.now) =>
      openChannel({
        ...{ address, arm: 'both', self: () => self(label), now },
        peer: { name, role: 'master' },
      });
    const late = () => Date.now() + 91 * 86_400_000;
    const tried = [as('other', 'agent'), as('master', 'stranger'), as('master', 'agent', late)];
    channels.push(...tried);
    for (const each of tried) {
      await expect(each.get('/certificate')).rejects.toThrow(Refusal);
    }
  });

  it('an answer of 100 MB', async () => {
    await serve();
    const flood = createHttpServer((_, answer) => {
      answer.on('error', () => undefined).end(Buffer.alloc(100e6));
    });
    await new Promise<void>((resolve) => {
      flood.listen(0, '127.0.0.1', resolve);
    });
    const { port } = flood.address() as { port: number };
    const open = openChannel({
      ...{ address: `127.0.0.1:${port}`, arm: 'plain', self: () => self('agent') },
      ...{ peer: { name: 'master', role: 'master' }, now: Date.now },
    });
    channels.push(open);
    await expect(open.get('/certificate')).rejects.toThrow(Refusal);
    flood.close();
  });

  it('to wait for a server that is silent', async () => {
    await serve();
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0);
    const { port } = silent.address() as { port: number };
    const open = openChannel({
      ...{ address: `127.0.0.1:${port}`, arm: 'plain', self: () => self('agent') },
      ...{ peer: { name: 'master', role: 'master' }, now: Date.now, patience: 0.2 },
    });
    channels.push(open);
    await expect(open.get('/certificate')).rejects.toThrow(refusal('unreachable'));
    silent.close();
  });
});

it('an audit log does not grow without end', async () => {
  await serve();
  const file = join(folder, 'small.ndjson');
  const small = openAuditLog(file, Date.now, 10_000);
  for (let line = 0; line < 100; line++) {
    small.refused({ from: 'x', reason: 'malformed', detail: 'y'.repeat(10_000) });
  }
  small.close();
  const sizes = [file, `${file}.1`].map((each) => readFileSync(each).length);
  for (const size of sizes) expect(size).toBeLessThan(11_000);
});
