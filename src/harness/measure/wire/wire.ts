import { interpolatedQuantile } from '../../../base/stats/interpolated-quantile.ts';
import {
  exchange,
  heartbeatOf,
  makeTwoMembers,
  openLoopback,
  type Loopback,
  type TwoMembers,
} from '../../../manager/wire/loopback.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import { wireMetrics } from './metrics.ts';
import type { WireOptions } from './options.ts';

/** Made for the first trial: their keys take seconds, and nothing depends on which they are. */
let members: Promise<TwoMembers> | undefined;

/** What a message between agent and master costs, by how it is protected. */
export const wire: Measurement = {
  metrics: wireMetrics,
  kind: 'measured',
  needsGuests: false,
  dataBytes: () => 0,
  async run(scope) {
    const loopback = await openLoopback(
      scope.levels.protection,
      await (members ??= makeTwoMembers()),
    );
    try {
      await measure(scope, loopback);
    } finally {
      await loopback.close();
    }
  },
};

async function measure(scope: TrialScope, loopback: Loopback): Promise<void> {
  const { clock, signal, scenario } = scope;
  const { duration, warmUp, size } = scenario.measure.wire as WireOptions;
  const message = heartbeatOf(size);
  const began = clock.now();
  await loopback.talk.ready(signal);
  scope.record('wire.begin', clock.now() - began);
  const during = (seconds: number) => {
    const until = clock.now() + seconds;
    return exchange(loopback, message, () => clock.now() < until, signal);
  };
  await during(warmUp);
  const { roundTrips, cpu } = await during(duration);
  const sorted = roundTrips.toSorted((a, b) => a - b);
  for (const percentile of [50, 99]) {
    const value = interpolatedQuantile(sorted, percentile / 100);
    scope.record('wire.latency', value, { percentile });
  }
  scope.record('wire.rate', 1 / cpu);
}
