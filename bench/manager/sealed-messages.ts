import { medianInterval } from '../../src/base/stats/median-interval.ts';
import {
  exchange,
  heartbeatOf,
  makeTwoMembers,
  openLoopback,
  type Loopback,
} from '../../src/manager/wire/loopback.ts';
import { arms, type Arm } from '../../src/manager/wire/session/arms.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';

const size = 1300;
/** Messages of which the mean is one value. */
const messages = 400;
const goals = { perSecond: 2000, ratio: 3 };
const message = heartbeatOf(size);

/** What each way to protect messages costs, over real connections, in sessions that stand. */
export const sealedMessages: Benchmark = {
  name: 'sealed-messages',
  about:
    'CPU time of a 1.3 kB message and its answer, both ends, by arm; the other: mutual TLS only',
  async run(context) {
    const talks = await openTalks();
    try {
      const rows: Row[] = [];
      for (const arm of ['both', 'plain', 'data', 'channel', 'signed'] as const) {
        rows.push(await measure(arm, talks, context));
      }
      return rows;
    } finally {
      for (const each of talks.values()) await each.close();
    }
  },
};

type Talks = ReadonlyMap<Arm, Loopback>;

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
async function cost(talk: Loopback | undefined, arm: Arm, signal: AbortSignal): Promise<number> {
  if (talk === undefined) throw new Error(`there is no ${arm}`);
  const count = arm === 'signed' ? messages / 10 : messages;
  const { cpu } = await exchange(talk, message, (sent) => sent < count, signal);
  return cpu * 1000;
}

async function openTalks(): Promise<Talks> {
  const members = await makeTwoMembers();
  const talks = new Map<Arm, Loopback>();
  for (const arm of Object.keys(arms) as Arm[]) talks.set(arm, await openLoopback(arm, members));
  return talks;
}
