import { PassThrough } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createAuthority,
  type Authority,
  type Role,
} from '../../../wire/certificates/authority.ts';
import { createIdentity, identityOf, type Identity } from '../../../wire/certificates/identity.ts';
import { verifyCertificate } from '../../../wire/certificates/trust.ts';
import { OtherEnd, type TunnelCall, type TunnelEnd } from './tunnel-client.ts';
import { Tunnel } from './tunnel-server.ts';

let authority: Authority;
let target: Identity;
let source: Identity;
let operator: Identity;
let stranger: Identity;
let tunnel: Tunnel;

async function identity(by: Authority, name: string, role: Role): Promise<Identity> {
  const files = await createIdentity(by, { name, role, now: Date.now(), days: 1 });
  return identityOf(name, files, { authority: authority.certificate, revoked: new Set() });
}

beforeAll(async () => {
  authority = await createAuthority('test', Date.now());
  const other = await createAuthority('test', Date.now());
  [target, source, operator, stranger] = await Promise.all([
    identity(authority, 'b', 'agent'),
    identity(authority, 'a', 'agent'),
    identity(authority, 'operator', 'operator'),
    identity(other, 'a', 'agent'),
  ]);
});

afterEach(() => tunnel.close());

const calls: TunnelCall[] = [];

async function open(): Promise<TunnelEnd> {
  calls.length = 0;
  tunnel = await Tunnel.open({
    host: '127.0.0.1',
    self: () => target,
    answer: (call) => {
      calls.push(call);
      if (call.ask === 'end') throw new Error('it has ended already');
      if (call.ask === 'taken') tunnel.close();
      if (call.ask !== 'connect') return Promise.resolve({ reply: { lives: true } });
      // Says back what it hears.
      return Promise.resolve({ reply: {}, join: new PassThrough() });
    },
  });
  return {
    ...{ address: `127.0.0.1:${tunnel.port}`, host: 'b', secret: tunnel.secret },
    self: () => source,
  };
}

describe('a tunnel between agents', () => {
  it('answers, joins streams whole, and tells what went wrong in words', async () => {
    const end = new OtherEnd(await open());
    expect(await end.ask({ ask: 'lives', wait: false })).toEqual({ lives: true });
    await expect(end.ask({ ask: 'end' })).rejects.toThrow('on b: it has ended already');
    const { stream } = await end.join({ ask: 'connect', socket: 'monitor' });
    const sent = Buffer.alloc(300_000, 'x');
    stream.write(sent);
    let heard = 0;
    for await (const chunk of stream) {
      heard += (chunk as Buffer).length;
      if (heard >= sent.length) break;
    }
    expect(heard).toBe(sent.length);
  });

  it('answers who takes the guest, though it is closed by that', async () => {
    const end = new OtherEnd(await open());
    const { stream: kept } = await end.join({ ask: 'connect', socket: 'monitor' });
    const gone = new Promise((resolve) => kept.once('close', resolve));
    const taken = { ask: 'taken', instance: undefined, plugged: {} } as const;
    expect(await end.ask(taken)).toEqual({ lives: true });
    await gone;
  });

  it.each([
    ['another secret', () => ({ secret: 'x'.repeat(32) })],
    ['an operator', () => ({ self: () => operator })],
    ['an agent of another authority', () => ({ self: () => stranger })],
  ])('lets nobody in with %s', async (_, changed) => {
    const end = await open();
    const asked = new OtherEnd({ ...end, ...changed() }).ask({ ask: 'lives', wait: false });
    await expect(asked).rejects.toThrow();
    expect(calls).toEqual([]);
  });

  it('resumes the first connection, and still looks whose it is', async () => {
    const end = new OtherEnd(await open());
    await end.ask({ ask: 'lives', wait: false });
    const { stream } = await end.join({ ask: 'connect', socket: 'monitor' });
    if (!(stream instanceof TLSSocket)) throw new Error('expected TLS');
    expect(stream.isSessionReused()).toBe(true);
    end.close();
    const { serial } = verifyCertificate(source.certificate, source.trust, Date.now());
    const before = target;
    target = { ...target, trust: { ...target.trust, revoked: new Set([serial]) } };
    try {
      await expect(end.ask({ ask: 'end' })).rejects.toThrow('the connection was closed');
    } finally {
      target = before;
    }
    expect(calls.map(({ ask }) => ask)).toEqual(['lives', 'connect']);
  });

  it('is not spoken to where another host answers', async () => {
    const end = await open();
    const asked = new OtherEnd({ ...end, host: 'c' }).ask({ ask: 'lives', wait: false });
    await expect(asked).rejects.toThrow(/expected agent c, got agent b/);
    expect(calls).toEqual([]);
  });
});
