import { createAuthority } from './certificates/authority.ts';
import { createIdentity, identityOf, type Identity } from './certificates/identity.ts';
import { noAudit } from './channel/audit.ts';
import { openChannel } from './channel/client.ts';
import { serveWire } from './channel/server.ts';
import type { Body, BodyOf } from './messages/kinds.ts';
import { writeMessage } from './messages/message.ts';
import type { Arm } from './session/arms.ts';
import { Conversation } from './session/conversation.ts';

/** Two members of one cluster. */
export interface TwoMembers {
  readonly master: Identity;
  readonly agent: Identity;
}

/** Makes an authority, and a master and an agent (`host-a`) with certificates of it, for a day. */
export async function makeTwoMembers(): Promise<TwoMembers> {
  const now = Date.now();
  const authority = await createAuthority('loopback', now);
  const trust = { authority: authority.certificate, revoked: new Set<string>() };
  const make = async (name: string, role: 'master' | 'agent'): Promise<Identity> =>
    identityOf(name, await createIdentity(authority, { name, role, now, days: 1 }), trust);
  const [master, agent] = await Promise.all([make('master', 'master'), make('host-a', 'agent')]);
  return { master, agent };
}

/** An agent that can ask its master, both in this process, over its loopback. */
export interface Loopback {
  readonly talk: Conversation;
  readonly port: number;
  close(): Promise<void>;
}

/** @param answer what the master says to a message. Default: `ok` */
export async function openLoopback(
  arm: Arm,
  { master, agent }: TwoMembers,
  answer: (body: Body) => Body = () => ({ kind: 'ok', revoked: [] }),
): Promise<Loopback> {
  const server = await serveWire({
    ...{ host: '127.0.0.1', port: 0, arm, self: () => master, audit: noAudit, now: Date.now },
    handlers: { answer },
  });
  const peer = { name: 'master', role: 'master' } as const;
  const ends = { arm, self: () => agent, peer, now: Date.now };
  const channel = openChannel({ ...ends, address: `127.0.0.1:${server.port}` });
  const talk = new Conversation({ ...ends, channel });
  return {
    talk,
    port: server.port,
    async close() {
      await talk.close();
      await server.close();
    },
  };
}

/** A heartbeat with as many guests as make a document of at least this size, before it is sealed. */
export function heartbeatOf(bytes: number): BodyOf<'heartbeat'> {
  const header = { session: 'x'.repeat(32), sequence: 1000, sender: 'host-a', receiver: 'master' };
  const guests: { name: string; state: 'running' }[] = [];
  for (;;) {
    const body = { kind: 'heartbeat', boot: 'boot', guests, results: [] } as const;
    const document = writeMessage({ header: { ...header, time: Date.now() }, body });
    if (document.length >= bytes) return body;
    guests.push({ name: `guest-${guests.length}`, state: 'running' });
  }
}

/** What messages and their answers took, one after the other. */
export interface Exchanged {
  /** Seconds from each message to its answer. */
  readonly roundTrips: readonly number[];
  /** Seconds of CPU time of one message and its answer, of both ends: of the whole process. */
  readonly cpu: number;
}

/** @param more asked before each message how many there were; at least one is sent */
export async function exchange(
  { talk }: Loopback,
  message: Body,
  more: (sent: number) => boolean,
  signal: AbortSignal,
): Promise<Exchanged> {
  const roundTrips: number[] = [];
  const before = process.cpuUsage();
  do {
    signal.throwIfAborted();
    const began = performance.now();
    const { kind } = await talk.request(message);
    roundTrips.push((performance.now() - began) / 1000);
    if (kind !== 'ok') throw new Error(`expected ok for an answer, got ${kind}`);
  } while (more(roundTrips.length));
  const { user, system } = process.cpuUsage(before);
  return { roundTrips, cpu: (user + system) / 1e6 / roundTrips.length };
}
