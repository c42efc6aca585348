import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createAuthority, issueCertificate, type Authority } from '../certificates/authority.ts';
import { identityOf, type Identity } from '../certificates/identity.ts';
import { requestKey } from '../certificates/keys.ts';
import { toPem } from '../certificates/pem.ts';
import { verifyCertificate } from '../certificates/trust.ts';
import { signDocument } from '../handshake/signature.ts';
import type { Body } from '../messages/kinds.ts';
import type { RefusalReason } from '../refusal.ts';
import type { Arm } from '../session/arms.ts';
import { Conversation, type Channel } from '../session/conversation.ts';
import { openAuditLog, type AuditLog, type Refused } from './audit.ts';
import { openChannel } from './client.ts';
import { serveWire, type WireServer } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
const day = 86_400_000;
const ask: Body = { kind: 'query', what: 'status' };
const revoked = new Set<string>();
const identities = new Map<string, Identity>();
/** What a handler was given: only what is good. */
let acted: Body[];
let server: WireServer;
let audit: AuditLog;
let auditFile: string;
let open: Channel[];

function self(label: string): Identity {
  const found = identities.get(label);
  if (found === undefined) throw new Error(`there is no ${label}`);
  return found;
}

beforeAll(async () => {
  const now = Date.now();
  const [ours, theirs] = await Promise.all([
    createAuthority('test', now),
    createAuthority('test', now),
  ]);
  const { privateKey, request: key } = await requestKey('any');
  const trust = { authority: ours.certificate, revoked };
  const make = async (label: string, name: string, from: Authority, began = now, days = 90) => {
    const role = label === 'master' ? 'master' : 'agent';
    const issued = await issueCertificate(from, { name, role, request: key, now: began, days });
    const certificate = toPem('CERTIFICATE', issued);
    identities.set(label, identityOf(name, { certificate, privateKey }, trust));
  };
  await make('master', 'master', ours);
  await make('agent', 'host-a', ours);
  await make('other', 'host-b', ours);
  await make('revoked', 'host-c', ours);
  await make('expired', 'host-a', ours, now - 10 * day, 9);
  await make('stranger', 'host-a', theirs);
  revoked.add(
    verifyCertificate(self('revoked').certificate, { ...trust, revoked: new Set() }, now).serial,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  auditFile = join(folder, `${Math.random()}.ndjson`);
  audit = openAuditLog(auditFile, Date.now);
  [acted, open] = [[], []];
});

afterEach(async () => {
  for (const each of open) await each.close();
  await server.close();
  audit.close();
});

async function serve(arm: Arm, patience: number): Promise<void> {
  server = await serveWire({
    ...{ host: '127.0.0.1', port: 0, arm, self: () => self('master'), audit, now: Date.now },
    patience,
    handlers: {
      answer(body) {
        acted.push(body);
        return { kind: 'ok', revoked: [] };
      },
    },
  });
}

/** Sends a document as whoever has this certificate; with none, as nobody. */
function post(path: string, body: string | Buffer, as: string | undefined): Promise<void> {
  const files = as && {
    cert: self(as).certificate,
    key: self(as).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const at = { host: '127.0.0.1', port: server.port, path, method: 'POST', agent: false as const };
  return new Promise((resolve) => {
    request({ ...at, rejectUnauthorized: false, ...files }, (answer) => {
      answer.resume().on('close', resolve);
    })
      // Cut off while it still sends.
      .on('error', () => resolve())
      .end(body);
  });
}

/** A conversation whose documents can be looked at and changed on their way. */
function tapped(
  options: { up?: (path: string, document: string) => string; now?: () => number } = {},
) {
  const { up = (_: string, document: string) => document, now = Date.now } = options;
  const seen: { path: string; document: string }[] = [];
  const peer = { name: 'master', role: 'master' } as const;
  const ends = { arm: current, self: () => self('agent'), peer };
  const way = openChannel({ ...ends, address: `127.0.0.1:${server.port}`, now: Date.now });
  open.push(way);
  const channel: Channel = {
    get: (path) => way.get(path),
    post(path, document) {
      seen.push({ path, document });
      return way.post(path, up(path, document));
    },
    close: () => way.close(),
  };
  return { talk: new Conversation({ ...ends, channel, now }), seen };
}

let current: Arm = 'both';

/** Lets an agent ask while its documents are changed on their way; how it ends is not looked at. */
async function asking(options: Parameters<typeof tapped>[0]): Promise<void> {
  await tapped(options)
    .talk.request(ask)
    .catch(() => undefined);
}

const inSession = (change: (document: string) => string) =>
  asking({ up: (path, text) => (path.startsWith('/session/') ? change(text) : text) });
const inHandshake = (change: (document: string) => string) =>
  asking({ up: (path, text) => (path === '/handshake' ? change(text) : text) });
const bare = (document: string) => document.replace(/<Signature .*<\/Signature>/s, '');
const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);

interface Attack {
  readonly what: string;
  readonly reason: RefusalReason;
  readonly detail: RegExp;
  readonly arm?: Arm;
  /** Seconds that a request may take to arrive. */
  readonly patience?: number;
  readonly run: () => Promise<void>;
}

const doctype = (inside: string) => `<!DOCTYPE a [${inside}]><a>&x;</a>`;
const laughs = Array.from(
  { length: 9 },
  (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
);

const attacks: readonly Attack[] = [
  {
    ...{ what: 'a certificate of another authority', reason: 'certificate' },
    ...{
      detail: /^it was not issued by the authority/,
      run: () => post('/handshake', '<a/>', 'stranger'),
    },
  },
  {
    ...{ what: 'a certificate that has expired', reason: 'certificate', detail: /^it has expired/ },
    run: () => post('/handshake', '<a/>', 'expired'),
  },
  {
    ...{ what: 'a certificate that was revoked', reason: 'revoked', detail: /of host-c$/ },
    run: () => post('/handshake', '<a/>', 'revoked'),
  },
  {
    ...{ what: 'no certificate', reason: 'certificate', detail: /has none/ },
    run: () => post('/handshake', '<a/>', undefined),
  },
  {
    ...{
      what: 'a message that comes again',
      reason: 'replayed',
      detail: /^message 1 comes after 1/,
    },
    async run() {
      const { talk, seen } = tapped();
      await talk.request(ask);
      await post(seen.at(-1)?.path ?? '', seen.at(-1)?.document ?? '', 'agent');
      acted.pop();
    },
  },
  {
    ...{ what: 'a handshake that comes again', reason: 'replayed', detail: /has been made/ },
    async run() {
      const { talk, seen } = tapped();
      await talk.request(ask);
      acted.pop();
      // Beginning is for one at a time.
      await vi.waitFor(async () => {
        await post('/handshake', seen[0]?.document ?? '', 'agent');
        expect(refusals()).not.toEqual([]);
      }, 10_000);
    },
  },
  {
    ...{ what: 'messages out of order', reason: 'replayed', detail: /^message 2 comes after 3/ },
    async run() {
      let held: { path: string; document: string } | undefined;
      const { talk } = tapped({
        up(path, document) {
          if (acted.length !== 1 || held !== undefined) return document;
          held = { path, document };
          throw new Error('held back');
        },
      });
      await talk.request(ask);
      await talk.request(ask).catch(() => undefined);
      await talk.request(ask);
      await post(held?.path ?? '', held?.document ?? '', 'agent');
      acted.length = 0;
    },
  },
  {
    ...{ what: 'a message that was altered', reason: 'not verified', detail: /./ },
    run: () =>
      inSession((text) =>
        text.replace(
          /(CipherValue>.{40})(.)/,
          (_, start: string, one: string) => start + (one === 'A' ? 'B' : 'A'),
        ),
      ),
  },
  {
    ...{ what: 'a handshake that was signed anew', reason: 'not verified', detail: /./ },
    run() {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return inHandshake((text) => signDocument(bare(text), privateKey));
    },
  },
  {
    ...{ what: 'a handshake that is not signed', reason: 'not verified', detail: /./ },
    run: () => inHandshake(bare),
  },
  {
    ...{ what: 'a signed document wrapped in another', reason: 'not verified', detail: /./ },
    run: () =>
      inHandshake((text) =>
        text
          .replace('receiver="master"', 'receiver="other"')
          .replace('</handshake>', `${text}</handshake>`),
      ),
  },
  {
    ...{
      what: 'a handshake that another member passes on',
      reason: 'wrong sender',
      detail: /host-b is on the channel/,
    },
    async run() {
      let handshake = '';
      await inHandshake((text) => ((handshake = text), '<a/>'));
      await vi.waitFor(async () => {
        await post('/handshake', handshake, 'other');
        expect(refusals().map(({ reason }) => reason)).toContain('wrong sender');
      }, 10_000);
    },
  },
  {
    ...{
      what: 'a message for somebody else',
      reason: 'wrong receiver',
      detail: /for host-b, not for master/,
    },
    ...{
      arm: 'channel',
      run: () => inSession((text) => text.replace('receiver="master"', 'receiver="host-b"')),
    },
  },
  {
    ...{ what: 'an external entity', reason: 'not permitted in XML', detail: /./ },
    run: () => post('/handshake', doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'), 'agent'),
  },
  {
    ...{ what: 'an entity bomb', reason: 'not permitted in XML', detail: /./ },
    run: () => post('/handshake', doctype(`<!ENTITY l0 "lol">${laughs.join('')}`), 'agent'),
  },
  {
    ...{ what: 'a document that is too deep', reason: 'too deep', detail: /./ },
    run: () => post('/handshake', nested(1000), 'agent'),
  },
  {
    ...{ what: 'a document that is none', reason: 'malformed', detail: /./ },
    run: () => post('/handshake', '<a><b></a>', 'agent'),
  },
  {
    ...{ what: 'a body of 100 MB', reason: 'too large', detail: /at most 1048576 bytes/ },
    run: () => post('/handshake', Buffer.alloc(100e6, 'a'), 'agent'),
  },
  {
    ...{ what: 'a sender that is slow', reason: 'too slow', detail: /./, patience: 1 },
    run: () =>
      new Promise((resolve) => {
        const { certificate, privateKey } = self('agent');
        const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
        const at = { host: '127.0.0.1', port: server.port, cert: certificate, key };
        const socket = connect({ ...at, rejectUnauthorized: false }, () => {
          socket.write('POST /handshake HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n<');
        });
        socket.on('error', () => undefined).once('close', () => resolve());
      }),
  },
  {
    ...{
      what: 'an unknown command',
      reason: 'not in the schema',
      detail: /unknown message <reboot>/,
    },
    ...{
      arm: 'channel',
      run: () => inSession((text) => text.replace('<query what="status"/>', '<reboot/>')),
    },
  },
  {
    ...{
      what: 'a guest named as a shell would have it',
      reason: 'not in the schema',
      detail: /guest/,
    },
    arm: 'channel',
    run: () =>
      inSession((text) =>
        text.replace(
          '<query what="status"/>',
          '<submit id="1" action="stop" guest="web; reboot $(id)" dryRun="false"/>',
        ),
      ),
  },
  {
    ...{ what: 'a clock that is 5 minutes behind', reason: 'clock', detail: /./ },
    run: () => asking({ now: () => Date.now() - 300_000 }),
  },
  {
    ...{ what: 'a session that is not there', reason: 'unknown session', detail: /./ },
    run: () => post('/session/nothing', '<a/>', 'agent'),
  },
  {
    ...{ what: 'a path that is not there', reason: 'not allowed', detail: /no such path/ },
    run: () => post('/../../etc/passwd', '<a/>', 'agent'),
  },
];

function refusals(): Refused[] {
  try {
    const lines = readFileSync(auditFile, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Refused);
  } catch {
    return [];
  }
}

it.each(attacks)('$what is refused, is in the audit log, and is not acted on', async (attack) => {
  const { reason, detail, arm = 'both', patience = 30, run } = attack;
  current = arm;
  await serve(arm, patience);
  await run();
  await vi.waitFor(() => {
    const told = refusals().filter((line) => line.reason === reason && detail.test(line.detail));
    expect(told, JSON.stringify(refusals())).not.toEqual([]);
    expect(told[0]).toMatchObject({ from: '127.0.0.1', at: expect.stringMatching(/Z$/) as string });
  }, 10_000);
  expect(acted).toEqual([]);
});
