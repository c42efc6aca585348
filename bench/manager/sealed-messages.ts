import { join } from 'node:path';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { createAuthority } from '../../src/manager/wire/certificates/authority.ts';
import {
  createIdentity,
  identityOf,
  type Identity,
} from '../../src/manager/wire/certificates/identity.ts';
import { openAuditLog } from '../../src/manager/wire/channel/audit.ts';
import { openChannel } from '../../src/manager/wire/channel/client.ts';
import { serveWire } from '../../src/manager/wire/channel/server.ts';
import type { Body, BodyOf } from '../../src/manager/wire/messages/kinds.ts';
import { writeMessage } from '../../src/manager/wire/messages/message.ts';
import { arms, type Arm } from '../../src/manager/wire/session/arms.ts';
import { Conversation } from '../../src/manager/wire/session/conversation.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';

const size = 1300;
/** Messages of which the mean is one value. */
const messages = 400;
const goals = { perSecond: 2000, ratio: 3 };
const ok: Body = { kind: 'ok', revoked: [] };

/** What each way to protect messages costs, over real connections, in sessions that stand. */
export const sealedMessages: Benchmark = {
  name: 'sealed-messages',
  about:
    'CPU time of a 1.3 kB message and its answer, both ends, by arm; the other: mutual TLS only',
  async run(context) {
    const ends = await openEnds(context);
    try {
      const rows: Row[] = [];
      for (const arm of ['both', 'plain', 'data', 'channel', 'signed'] as const) {
        rows.push(await measure(arm, ends.talks, context));
      }
      return rows;
    } finally {
      await ends.close();
    }
  },
};

type Talks = ReadonlyMap<Arm, Conversation>;

async function measure(arm: Arm, talks: Talks, context: BenchmarkContext): Promise<Row> {
  const side = (of: Arm) => () => cost(talks.get(of), of, context.signal);
  // Compiled code first: the arm that comes first would pay for all.
  for (const each of [arm, 'channel', arm] as const) await side(each)();
  const pairs = await interleavedPairs(context.pairs ?? 12, {
    ours: side(arm),
    other: side('channel'),
  });
  context.progress(`${arm} measured`);
  const ratio = medianInterval(pairs.map(({ ours, other }) => ours / other));
  const own = medianInterval(pairs.map(({ ours }) => ours));
  const limit = 1000 / goals.perSecond;
  const row: Row = {
    name: `sealed-messages ${arm}`,
    unit: 'ms',
    ...compared(pairs, 'ratio'),
    note: `${intervalText(own, 'ms')}; ratio ${intervalText(ratio, '×')}`,
  };
  if (arm !== 'both') return row;
  const [fast, cheap] = [within(own, { high: limit }), within(ratio, { high: goals.ratio })];
  const outcome =
    fast === cheap ? fast : [fast, cheap].includes('short') ? 'short' : 'inconclusive';
  return {
    ...row,
    goal: `≤ ${limit} ms (${goals.perSecond} /s a core), ratio ≤ ${goals.ratio}`,
    outcome,
  };
}

/** CPU time of a message and its answer, of both ends, in milliseconds. */
async function cost(
  talk: Conversation | undefined,
  arm: Arm,
  signal: AbortSignal,
): Promise<number> {
  if (talk === undefined) throw new Error(`there is no ${arm}`);
  const count = arm === 'signed' ? messages / 10 : messages;
  const before = process.cpuUsage();
  for (let left = count; left > 0; left--) {
    signal.throwIfAborted();
    const answer = await talk.request(message);
    if (answer.kind !== 'ok') throw new Error(`${arm}: the answer was ${answer.kind}`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}

/** A heartbeat with as many guests as make a document of this size. */
const message = heartbeatOf(size);

function heartbeatOf(bytes: number): BodyOf<'heartbeat'> {
  const header = { session: 'x'.repeat(32), sequence: 1000, sender: 'host-a', receiver: 'master' };
  const guests: { name: string; state: 'running' }[] = [];
  for (;;) {
    const body = { kind: 'heartbeat', boot: 'boot', guests, results: [] } as const;
    const document = writeMessage({ header: { ...header, time: Date.now() }, body });
    if (document.length >= bytes) return body;
    guests.push({ name: `guest-${guests.length}`, state: 'running' });
  }
}

async function openEnds({ directory }: BenchmarkContext) {
  const now = Date.now();
  const authority = await createAuthority('bench', now);
  const trust = { authority: authority.certificate, revoked: new Set<string>() };
  const make = async (name: string, role: 'master' | 'agent'): Promise<Identity> =>
    identityOf(name, await createIdentity(authority, { name, role, now, days: 1 }), trust);
  const [master, agent] = await Promise.all([make('master', 'master'), make('host-a', 'agent')]);
  const audit = openAuditLog(join(directory, 'audit.ndjson'), Date.now);
  const talks = new Map<Arm, Conversation>();
  const closing: (() => Promise<void>)[] = [];
  for (const arm of Object.keys(arms) as Arm[]) {
    const server = await serveWire({
      ...{ host: '127.0.0.1', port: 0, arm, self: () => master, audit, now: Date.now },
      handlers: { answer: () => ok },
    });
    const peer = { name: 'master', role: 'master' } as const;
    const at = { address: `127.0.0.1:${server.port}`, arm, self: () => agent, peer, now: Date.now };
    const talk = new Conversation({ ...at, channel: openChannel(at) });
    talks.set(arm, talk);
    closing.push(
      () => talk.close(),
      () => server.close(),
    );
  }
  return {
    talks,
    async close() {
      for (const each of closing) await each();
      audit.close();
    },
  };
}
