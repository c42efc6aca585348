import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { seededRandom } from '../../src/base/stats/random.ts';
import { guestsWorld } from '../../src/harness/measure/simulation/worlds.ts';
import type { SimulationOptions } from '../../src/harness/measure/simulation/options.ts';
import { loadScenario } from '../../src/harness/scenario/load.ts';
import { expandArms } from '../../src/harness/scenario/matrix.ts';
import { EventQueue } from '../../src/manager/simulator/event-queue.ts';
import { simulateGuests } from '../../src/manager/simulator/index.ts';
import type { Benchmark } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';

/** Events a second. */
const goal = 200_000;

/** The shipped scenario of placement at its 1,000 hosts, against an event loop in which nothing is done. */
export const simulator: Benchmark = {
  name: 'simulator',
  about: 'events a second of scenarios/sim/placement.yaml at 1,000 hosts, decisions included',
  async run({ pairs: count = 10, progress }) {
    const { scenario } = loadScenario(join(packageRoot, 'scenarios/sim/placement.yaml'));
    const options = scenario.measure.simulation as SimulationOptions;
    const arm = expandArms(scenario).arms.find(
      ({ levels }) => levels.placement === 'smps-reconstructed',
    );
    if (arm === undefined) throw new Error('the scenario has no arm with smps-reconstructed');
    const { levels } = arm;
    let decisions = 0;
    const ours = (index: number) => {
      const random = seededRandom(`world ${index}`);
      const begun = performance.now();
      const outcome = simulateGuests(guestsWorld({ levels, options, random, trace: undefined }));
      decisions = outcome.decisions / outcome.events;
      return Promise.resolve(outcome.events / ((performance.now() - begun) / 1000));
    };
    const other = (index: number) => Promise.resolve(emptyLoop(levels.guests, index));
    await ours(-1);
    await other(-1);
    const pairs = await interleavedPairs(count, { ours, other }, (pair, done) => {
      progress(`pair ${done} of ${count}: ${pair.ours.toFixed(0)} and ${pair.other.toFixed(0)} /s`);
    });
    const rates = medianInterval(pairs.map((pair) => pair.ours));
    return [
      {
        ...{ name: 'simulator', unit: '/s', ...compared(pairs, 'ratio') },
        goal: `ours ≥ ${goal / 1000},000 /s`,
        outcome: within(rates, { low: goal }),
        note: `ours ${intervalText(rates, 'events/s', (value) => value.toFixed(0))}, of which ${(100 * decisions).toFixed(0)} % are decisions; the other: the same queue with as many events in it, each of which only enters the next`,
      },
    ];
  },
};

/** @returns events a second of a loop that does nothing but to enter the next event */
function emptyLoop(waiting: number, seed: number): number {
  const random = seededRandom(`loop ${seed}`);
  const queue = new EventQueue();
  for (let index = 0; index < waiting; index++) queue.push(random.next(), 0, index);
  const events = 500_000;
  const begun = performance.now();
  for (let event = 0; event < events && queue.next(); event++) {
    queue.push(queue.now + random.next(), 0, queue.subject);
  }
  return events / ((performance.now() - begun) / 1000);
}
