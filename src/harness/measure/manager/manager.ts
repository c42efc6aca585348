import { setTimeout as sleep } from 'node:timers/promises';
import { interpolatedQuantile } from '../../../base/stats/interpolated-quantile.ts';
import type { Operator } from '../../../manager/member/operator.ts';
import { untilDone } from '../../../manager/member/until-done.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import { makeCluster, type ManagerGround } from './ground.ts';
import { managerMetrics } from './metrics.ts';
import type { ManagerOptions } from './options.ts';

/** Operations whose code is compiled by them. */
const warmUp = 10;
/** Seconds between two looks at an operation. */
const look = 0.005;
/** Seconds for one operation. */
const limit = 120;

/** How soon the manager does what it is asked for, with so many agents. */
export const manager: Measurement = {
  metrics: managerMetrics,
  kind: 'measured',
  needsGuests: false,
  dataBytes: () => 0,
  async run(scope) {
    const ground = await makeCluster(scope.levels.agents, scope.signal);
    try {
      await measure(scope, ground);
    } finally {
      await ground.close();
    }
  },
};

async function measure(scope: TrialScope, { operator, agents }: ManagerGround): Promise<void> {
  const { clock, signal } = scope;
  const { operations, rate, burst } = scope.scenario.measure.manager as ManagerOptions;
  const create = (name: string, due: number) => timedOperation(operator, name, due, scope);
  for (let index = 0; index < warmUp; index++) await create(`warm-${index}`, clock.now());

  const [began, before, cpu] = [clock.now(), agents.answered, process.cpuUsage()];
  const paced = Array.from({ length: operations }, async (_, index) => {
    const due = began + index / rate;
    await sleep(Math.max(0, due - clock.now()) * 1000, undefined, { signal });
    return create(`paced-${index}`, due);
  });
  const times = await Promise.all(paced);
  const elapsed = clock.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  for (const phase of ['accepted', 'done'] as const) {
    const sorted = times.map((each) => each[phase]).sort((a, b) => a - b);
    for (const percentile of [50, 99]) {
      const value = interpolatedQuantile(sorted, percentile / 100);
      scope.record('manager.latency', value, { phase, percentile });
    }
  }
  scope.record('manager.heartbeats', (agents.answered - before) / elapsed);
  scope.record('manager.cores', (user + system) / 1e6 / elapsed);

  const from = clock.now();
  await Promise.all(Array.from({ length: burst }, (_, index) => create(`burst-${index}`, from)));
  scope.record('manager.rate', burst / (clock.now() - from));
}

/** Seconds from when an operation was due until it was accepted, and done. */
async function timedOperation(
  operator: Operator,
  guest: string,
  due: number,
  { clock, signal }: Pick<TrialScope, 'clock' | 'signal'>,
): Promise<{ accepted: number; done: number }> {
  const spec = { vcpus: 1, memory: 2 ** 20, disk: 2 ** 20, image: 'micro' };
  const request = { kind: 'submit', action: 'create', guest, dryRun: false, spec } as const;
  await operator.ask({ ...request, id: guest }, 'operation');
  const accepted = clock.now() - due;
  await untilDone(operator, { id: guest, action: 'create', guest }, { limit, look, signal });
  return { accepted, done: clock.now() - due };
}
