import { setTimeout as sleep } from 'node:timers/promises';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { untilDone } from '../../src/manager/member/until-done.ts';
import type { BodyOf } from '../../src/manager/wire/messages/kinds.ts';
import type { Benchmark } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';
import { prepareGuestBed } from '../guests/guest-bed.ts';
import { startTwoAgents, type TwoAgents } from './two-agents.ts';
import { startUnmanaged } from './unmanaged-guest.ts';

/** Milliseconds that the manager may add. */
const most = 100;
/** Seconds between a migration and the next. */
const settle = 2;
/** Seconds between two looks at an operation. */
const look = 0.02;
/** Seconds for one operation. */
const patience = 180;
const name = 'managed';

/** Two guests alike on this machine, each moved between two work folders: by agents, and by us. */
export const managedMigration: Benchmark = {
  name: 'managed-migration',
  about:
    'a migration from its request to master until that tells its end; the other: by no manager',
  async run(context) {
    const { signal, progress, pairs: count = 30 } = context;
    const bed = await prepareGuestBed(context);
    const { accelerator } = bed;
    const { cpu, vcpus, memory } = (await bed.request('alone')).spec;
    const shape = { vcpus, memory, disk: bed.dataOffset, image: 'micro' };
    progress('starting master, agents and guests');
    const unmanaged = await startUnmanaged(context, { accelerator, cpu }, shape);
    let moves = 0;

    /** Milliseconds. */
    async function alone(): Promise<number> {
      await sleep(settle * 1000, undefined, { signal });
      return unmanaged.move();
    }

    const cluster = await startTwoAgents(context, { accelerator, cpu });
    async function managed(): Promise<number> {
      await untilRunning(cluster, signal);
      await sleep(settle * 1000, undefined, { signal });
      return timed(cluster, { id: `move-${moves++}`, action: 'migrate', guest: name }, signal);
    }

    try {
      await timed(
        cluster,
        { id: 'create', action: 'create', guest: name, host: cluster.hosts[0], spec: shape },
        signal,
      );
      // Pages that were never touched are not sent: the first migrations differ.
      await alone();
      await managed();
      const pairs = await interleavedPairs(
        count,
        { ours: managed, other: alone },
        ({ ours, other }, done) => {
          progress(`pair ${done} of ${count}: ${ours.toFixed(0)} and ${other.toFixed(0)} ms`);
        },
      );
      await timed(cluster, { id: 'stop', action: 'stop', guest: name }, signal);
      const interval = medianInterval(pairs.map(({ ours, other }) => ours - other));
      return [
        {
          name: 'managed-migration',
          unit: 'ms',
          ...compared(pairs, 'difference'),
          goal: `difference ≤ ${most} ms`,
          outcome: within(interval, { high: most }),
          note: `median of the difference ${intervalText(interval, 'ms')}, under ${accelerator}`,
        },
      ];
    } finally {
      await cluster.close();
      await unmanaged.close();
    }
  },
};

/** Resolves when the master has heard from where the guest is now that it runs. */
async function untilRunning({ operator }: TwoAgents, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patience * 1000;
  for (;;) {
    const { guests } = await operator.ask({ kind: 'query', what: 'guests' }, 'guests');
    const state = guests.find((guest) => guest.name === name)?.state;
    if (state === 'running') return;
    if (performance.now() > deadline) throw new Error(`the guest is ${state ?? 'not there'}`);
    await sleep(look * 1000, undefined, { signal });
  }
}

/** Milliseconds from a request until the master says that it is done. */
async function timed(
  { operator }: TwoAgents,
  request: Omit<BodyOf<'submit'>, 'kind' | 'dryRun'>,
  signal: AbortSignal,
): Promise<number> {
  const from = performance.now();
  await operator.ask({ kind: 'submit', dryRun: false, ...request }, 'operation');
  await untilDone(operator, request, { limit: patience, look, signal });
  return performance.now() - from;
}
