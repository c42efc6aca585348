import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../certificates/authority.ts';
import { createIdentity, identityOf, type Identity } from '../certificates/identity.ts';
import { fromPem } from '../certificates/pem.ts';
import { signDocument } from '../handshake/signature.ts';
import type { Body } from '../messages/kinds.ts';
import { lint } from '../messages/xmllint.example.ts';
import { Refusal } from '../refusal.ts';
import { arms, type Arm } from './arms.ts';
import { Conversation, type Channel } from './conversation.ts';
import { sessionLimits } from './session.ts';
import { Sessions } from './sessions.ts';

const start = Date.UTC(2026, 0, 1);
const invite: Body = { kind: 'invite', host: 'host-b' };
const ok: Body = { kind: 'ok', revoked: [] };
const refusal = (reason: string) => expect.objectContaining({ name: 'Refusal', reason }) as Error;

let authority: Authority;
let [master, agent, stranger, rival]: Identity[] = [];
let revoked: Set<string>;

beforeAll(async () => {
  authority = await createAuthority('test', start);
  const make = async (name: string, role: 'master' | 'agent', from = authority) => {
    const files = await createIdentity(from, { name, role, now: start, days: 90 });
    const trust = {
      authority: authority.certificate,
      get revoked() {
        return revoked;
      },
    };
    return identityOf(name, files, trust);
  };
  const other = await createAuthority('test', start);
  [master, agent, stranger, rival] = await Promise.all([
    make('master', 'master'),
    make('host-a', 'agent'),
    make('host-a', 'agent', other),
    make('host-c', 'agent'),
  ]);
});

/** Both ends without a network between them; what goes over it can be looked at and changed. */
class Pair {
  now = { master: start, agent: start };
  /** Every document that went over, in order. */
  readonly seen: { path: string; document: string }[] = [];
  /** May change what goes to the master and what comes from it. */
  up = (_path: string, document: string): string => document;
  down = (_path: string, document: string): string => document;
  sessions: Sessions;
  readonly arm: Arm;

  constructor(arm: Arm) {
    this.arm = arm;
    this.sessions = this.newSessions();
  }

  newSessions(): Sessions {
    return new Sessions({ arm: this.arm, self: () => some(master), now: () => this.now.master });
  }

  conversation(self = some(agent), peer = 'master'): Conversation {
    return new Conversation({
      arm: this.arm,
      channel: this.channel,
      self: () => self,
      peer: { name: peer, role: 'master' },
      now: () => this.now.agent,
    });
  }

  readonly channel: Channel = {
    get: () => Promise.resolve(Buffer.from(some(master).certificate)),
    post: async (path, document) => {
      this.seen.push({ path, document });
      const answer = await this.serve(path, this.up(path, document));
      return Buffer.from(this.down(path, answer));
    },
    close: () => Promise.resolve(),
  };

  async serve(path: string, document: string): Promise<string> {
    const bytes = Buffer.from(document);
    if (path === '/handshake') return this.sessions.accept(bytes);
    const session = this.sessions.find(path.replace('/session/', ''));
    const { header, body } = await session.read(bytes);
    this.sessions.confirm(session);
    expect(body).toEqual(invite);
    return (await session.write(ok, header.sequence)).document;
  }
}

function some<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not made yet');
  return value;
}

beforeEach(() => {
  revoked = new Set();
});

it('a conversation can be made ready before it is needed', async () => {
  const pair = new Pair('both');
  const conversation = pair.conversation();
  await conversation.ready();
  await conversation.ready();
  expect(pair.seen.map(({ path }) => path)).toEqual(['/handshake']);
  expect(await conversation.request(invite)).toEqual(ok);
  expect(pair.seen).toHaveLength(2);
  const hour = sessionLimits.seconds * 1000;
  pair.now = { master: start + hour, agent: start + hour };
  await conversation.ready();
  expect(pair.seen.map(({ path }) => path.split('/')[1]).slice(2)).toEqual(['handshake']);
});

describe.each(Object.keys(arms) as Arm[])('a conversation, arm %s', (arm) => {
  it('asks and answers, many times in one session', async () => {
    const pair = new Pair(arm);
    const conversation = pair.conversation();
    const asked = Array.from({ length: 3 }, () => conversation.request(invite));
    expect(await Promise.all(asked)).toEqual([ok, ok, ok]);
    expect(pair.seen.map(({ path }) => path.split('/')[1])).toEqual([
      'handshake',
      ...['session', 'session', 'session'],
    ]);
  });

  it('refuses a message that comes again, and an answer that comes again', async () => {
    const pair = new Pair(arm);
    const conversation = pair.conversation();
    await conversation.request(invite);
    const { path, document } = some(pair.seen[1]);
    await expect(pair.serve(path, document)).rejects.toThrow(refusal('replayed'));

    let earlier = '';
    pair.down = (_, answer) => (earlier ||= answer);
    await conversation.request(invite);
    await expect(conversation.request(invite)).rejects.toThrow(refusal('replayed'));
  });

  it('refuses the answer to another request', async () => {
    const pair = new Pair(arm);
    const conversation = pair.conversation();
    let held: string | undefined;
    pair.down = (path, answer) => {
      if (path === '/handshake') return answer;
      if (held !== undefined) return held;
      held = answer;
      throw new Refusal('unreachable', 'held back');
    };
    await expect(conversation.request(invite)).rejects.toThrow(refusal('unreachable'));
    await expect(conversation.request(invite)).rejects.toThrow(/answer to another request/);
  });

  it('refuses messages out of order', async () => {
    const pair = new Pair(arm);
    const conversation = pair.conversation();
    pair.up = (path, document) => {
      if (path === '/handshake' || pair.seen.length > 2) return document;
      throw new Refusal('unreachable', 'held back');
    };
    await expect(conversation.request(invite)).rejects.toThrow(refusal('unreachable'));
    await conversation.request(invite);
    const held = some(pair.seen[1]);
    await expect(pair.serve(held.path, held.document)).rejects.toThrow(refusal('replayed'));
  });

  it('refuses a clock that is 5 minutes off', async () => {
    const pair = new Pair(arm);
    const conversation = pair.conversation();
    for (const skew of [300_000, -300_000]) {
      pair.now.agent = start + skew;
      await expect(conversation.request(invite)).rejects.toThrow(refusal('clock'));
    }
    pair.now.agent = start;
    await conversation.request(invite);
    pair.now.agent = start + 300_000;
    await expect(conversation.request(invite)).rejects.toThrow(refusal('clock'));
  });

  it('begins a new session when the old one is, or when the master has lost it', async () => {
    const pair = new Pair(arm);
    const conversation = pair.conversation();
    await conversation.request(invite);
    pair.sessions = pair.newSessions();
    expect(await conversation.request(invite)).toEqual(ok);
    pair.now.agent = pair.now.master = start + sessionLimits.seconds * 950;
    expect(await conversation.request(invite)).toEqual(ok);
    expect(pair.seen.filter(({ path }) => path === '/handshake')).toHaveLength(3);
    // The second one has been replaced.
    const { path, document } = some(pair.seen[4]);
    await expect(pair.serve(path, document)).rejects.toThrow(refusal('unknown session'));
  });

  it('ends when the certificate of the other end is revoked or has expired', async () => {
    const pair = new Pair(arm);
    const conversation = pair.conversation();
    await conversation.request(invite);
    const { path, document } = some(pair.seen[1]);
    const { serial } = pair.sessions.find(path.replace('/session/', '')).peer;
    revoked.add(serial);
    await expect(pair.serve(path, document)).rejects.toThrow(refusal('revoked'));
    await expect(conversation.request(invite)).rejects.toThrow(refusal('revoked'));
    revoked.clear();
    pair.now.agent = pair.now.master = start + 91 * 86_400_000;
    await expect(pair.conversation().request(invite)).rejects.toThrow(refusal('certificate'));
  });
});

describe.each(['data', 'both', 'signed'] as const)('arm %s', (arm) => {
  it('shows nothing of a message', async () => {
    const pair = new Pair(arm);
    await pair.conversation().request(invite);
    for (const { document } of pair.seen.slice(1)) expect(document).not.toMatch(/invite|host-b/);
  });

  it('refuses a message of which a byte has changed, wherever', async () => {
    const pair = new Pair(arm);
    await pair.conversation().request(invite);
    const { path, document } = some(pair.seen[1]);
    await fc.assert(
      fc.asyncProperty(fc.nat(document.length - 1), async (at) => {
        const other = document[at] === 'A' ? 'B' : 'A';
        const altered = document.slice(0, at) + other + document.slice(at + 1);
        await expect(pair.serve(path, altered)).rejects.toThrow(/./);
      }),
      { numRuns: arm === 'signed' ? 20 : 200 },
    );
  });

  it('refuses a message of another session', async () => {
    const pair = new Pair(arm);
    await pair.conversation().request(invite);
    await pair.conversation().request(invite);
    const [, first, , second] = pair.seen;
    const asked = pair.serve(some(second).path, some(first).document);
    await expect(asked).rejects.toThrow(Refusal);
  });
});

describe('a handshake', () => {
  const pair = () => new Pair('both');

  it('and an envelope keep the published schema, as xmllint has it', async () => {
    const signed = new Pair('signed');
    await signed.conversation().request(invite);
    lint(
      'cluster.xsd',
      signed.seen.map(({ document }) => document),
    );
  });

  it('is refused from a certificate of another authority', async () => {
    const { authority: own } = some(agent).trust;
    expect(own).toBe(authority.certificate);
    const asked = pair().conversation(some(stranger)).request(invite);
    await expect(asked).rejects.toThrow(refusal('certificate'));
  });

  it('is refused when another member passes it on as his own', async () => {
    const both = pair();
    await both.conversation().request(invite);
    const { path, document } = some(both.seen[0]);
    const passedOn = document
      .replace(/<Signature .*<\/Signature>/s, '')
      .replace('sender="host-a"', 'sender="host-c"')
      .replace(/certificate="[^"]*"/, `certificate="${fromPem(some(rival).certificate)}"`);
    const signed = signDocument(passedOn, some(rival).privateKey);
    await expect(both.serve(path, signed)).rejects.toThrow(/not of the one who signed/);
  });

  it('is refused a second time, and leaves the session in use as it is', async () => {
    const both = pair();
    const conversation = both.conversation();
    await conversation.request(invite);
    const { path, document } = some(both.seen[0]);
    await expect(both.serve(path, document)).rejects.toThrow(refusal('replayed'));
    both.sessions.confirm(both.sessions.find(some(both.seen[1]).path.replace('/session/', '')));
    expect(await conversation.request(invite)).toEqual(ok);
  });

  it('is refused when signed anew by another, altered, wrapped, or not signed', async () => {
    const both = pair();
    await both.conversation().request(invite);
    const { path, document } = some(both.seen[0]);
    const bare = document.replace(/<Signature .*<\/Signature>/s, '');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = /<Signature .*<\/Signature>/s.exec(document)?.[0] ?? '';
    const forged = document.replace('receiver="master"', 'receiver="other"');
    const changes = {
      bare,
      resigned: signDocument(bare, privateKey),
      signedTwice: signDocument(document, some(agent).privateKey),
      altered: document.replace(/time="\d/, 'time="9'),
      wrapped: forged.replace('</handshake>', `${document}</handshake>`),
      wrappedBySignature: forged.replace(
        '</Signature>',
        `<Object>${document}</Object></Signature>`,
      ),
      beside: bare.replace('</handshake>', `${signature}${signature}</handshake>`),
      otherAlgorithm: document.replace('rsa-sha256', 'rsa-sha1'),
      hmac: document.replace(/http[^"]*rsa-sha256/, 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'),
      otherTransform: document.replace(/xml-exc-c14n#"/, 'xml-exc-c14n#WithComments"'),
      entity: `<!DOCTYPE x [<!ENTITY y "z">]>${document}`,
    };
    for (const [name, changed] of Object.entries(changes)) {
      expect(changed, name).not.toBe(document);
      await expect(both.serve(path, changed), name).rejects.toThrow(Refusal);
    }
  });

  it('is refused by the agent when another answers in place of the master', async () => {
    const both = pair();
    const recorded: string[] = [];
    both.down = (_, answer) => (recorded.push(answer), answer);
    await both.conversation().request(invite);
    both.down = (path, answer) => (path === '/handshake' ? some(recorded[0]) : answer);
    await expect(both.conversation().request(invite)).rejects.toThrow(refusal('replayed'));
    const asked = both.conversation(some(agent), 'other-master').request(invite);
    await expect(asked).rejects.toThrow(refusal('wrong sender'));
  });
});
