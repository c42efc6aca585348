import { setTimeout as sleep } from 'node:timers/promises';
import { Sharer, type SharingStep } from '../../../manager/front/sharer.ts';
import { sharingPolicies } from '../../../manager/cluster/sharing/index.ts';
import { startHttpLoad, type HttpLoad, type LoadTrace } from '../../observe/http/index.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import { prepareGround, type Ground, type Helper } from './ground.ts';
import { sharingMetrics } from './metrics.ts';
import type { SharingOptions } from './options.ts';
import { recordSharing, type Course } from './record.ts';

/** Seconds for connections of a helper that is taken away. */
const drainLimit = 3;

/** A service behind real IPVS is overloaded; others help it, as the level sharing decides. */
export const sharing: Measurement = {
  metrics: sharingMetrics,
  kind: 'measured',
  needsGuests: true,
  dataBytes: () => 0,
  async run(scope) {
    const options = scope.scenario.measure.sharing as SharingOptions;
    const ground = await prepareGround(scope);
    const sharer = new Sharer({
      ...{ ...ground, random: scope.random, clock: scope.clock, drainLimit },
      policy: sharingPolicies[scope.levels.sharing],
      rules: { threshold: options.threshold, hysteresis: options.hysteresis },
    });
    await sharer.begin();
    const load = await startLoad(scope, ground);
    const steps: SharingStep[] = [];
    const ended = new AbortController();
    const stop = AbortSignal.any([ended.signal, scope.signal]);
    const deciding = decide(sharer, steps, options.interval, stop);
    // A decision that fails ends the trial at once.
    const failed = deciding.then(() => new Promise<never>(() => undefined));
    const wait = (seconds: number) =>
      Promise.race([failed, sleep(seconds * 1000, undefined, { signal: scope.signal })]);
    let course: Course;
    try {
      const from = scope.clock.now();
      await wait(options.before);
      const overloadFrom = scope.clock.now();
      await load.add(ground.services[0], options.overload - (ground.services[0]?.load ?? 0));
      await wait(options.during);
      const overloadTo = await load.takeAway();
      await wait(options.after);
      const to = scope.clock.now();
      course = { from, overload: { from: overloadFrom, to: overloadTo }, to };
    } finally {
      ended.abort();
      await deciding.catch(() => undefined);
    }
    await sharer.end();
    const traces = await load.stop();
    recordSharing(scope, { course, steps, traces, options });
  },
};

/** Looks, decides and acts, until told to stop. */
async function decide(
  sharer: Sharer<Helper>,
  steps: SharingStep[],
  interval: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await sleep(interval * 1000, undefined, { signal });
    } catch {
      return;
    }
    steps.push(await sharer.step());
  }
}

interface Load {
  /** Asks a service more. */
  add(service: Ground['services'][number] | undefined, rate: number): Promise<void>;
  /** Ends what was added. @returns when, on the clock */
  takeAway(): Promise<number>;
  /** Ends all; the traces of each service, the overloaded first. */
  stop(): Promise<LoadTrace[][]>;
}

/** Asks every service for what it is asked usually. */
async function startLoad(scope: TrialScope, { services }: Ground): Promise<Load> {
  const { controller: host, environment } = scope;
  const { limit } = scope.scenario.measure.sharing as SharingOptions;
  const ask = ({ place }: Ground['services'][number], rate: number) =>
    startHttpLoad({
      ...{ host, environment, timeout: Math.max(2, 2 * limit) },
      rate: Math.max(1, Math.round(rate)),
      targets: [{ host: place.address, port: place.port }],
    });
  const usual = await Promise.all(services.map((service) => ask(service, service.load)));
  let added: HttpLoad | undefined;
  let over: Promise<LoadTrace> | undefined;
  return {
    async add(service, rate) {
      if (service !== undefined && rate > 0) added = await ask(service, rate);
    },
    async takeAway() {
      const at = scope.clock.now();
      over = added?.stop();
      // Its failure is told when all ends.
      over?.catch(() => undefined);
      await Promise.resolve();
      return at;
    },
    async stop() {
      const traces = await Promise.all(usual.map((load) => load.stop()));
      const more = await over;
      return traces.map((trace, index) =>
        index === 0 && more !== undefined ? [trace, more] : [trace],
      );
    },
  };
}
