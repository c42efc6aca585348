import { rm } from 'node:fs/promises';
import { seededRandom } from '../src/base/stats/random.ts';
import { ratioInterval } from '../src/base/stats/ratio-interval.ts';
import { cacheDirectory } from '../src/platform/guest/image/cache.ts';
import { thisMachine } from '../src/platform/remote/this-machine.ts';
import type { Benchmark } from './benchmark.ts';
import { compared } from './compared.ts';
import { within } from './goal.ts';
import { prepareGuestBed } from './guest-bed.ts';
import { intervalText } from './interval-text.ts';
import { interleavedPairs } from './pairs.ts';
import { untilMonitor } from './until-monitor.ts';

/** Ours over the other: ten times sooner. */
const goal = 0.1;
const dataBytes = 2 * 2 ** 30;

/** How much sooner a clone of a large template has a guest than a copy of it, both synced. */
export const cloneVsCopy: Benchmark = {
  name: 'clone-vs-copy',
  about:
    'a guest, until its monitor answers, from a clone of 2 GiB that nothing compresses; the other: from a full copy',
  async run(context) {
    const { signal, pairs: count = 8, progress } = context;
    const bed = await prepareGuestBed(context, dataBytes, { keepSource: false });
    const host = thisMachine(cacheDirectory(process.env));
    const side = (method: 'clone' | 'copy') => async (index: number) => {
      signal.throwIfAborted();
      const request = await bed.request(`${method}-${index}`);
      const provisioning = { method, durability: 'synced' } as const;
      try {
        return await untilMonitor(host, { ...request, provisioning }, signal);
      } finally {
        await rm(request.diskPath, { force: true });
      }
    };
    const sides = { ours: side('clone'), other: side('copy') };
    // The template comes from the page cache from then on, which helps the copy.
    await sides.ours(-1);
    await sides.other(-1);
    const pairs = await interleavedPairs(count, sides, ({ ours, other }, done) => {
      progress(`pair ${done} of ${count}: ${ours.toFixed(2)} and ${other.toFixed(2)} s`);
    });
    const interval = ratioInterval(
      pairs.map(({ ours, other }) => [{ baseline: other, other: ours }]),
      { random: seededRandom('clone-vs-copy') },
    );
    return [
      {
        name: 'clone-vs-copy',
        unit: 's',
        ...compared(pairs, 'ratio'),
        goal: `ratio ≤ ${goal}`,
        outcome: within(interval, { high: goal }),
        note: `ratio ${intervalText(interval, '×', (value) => value.toFixed(4))}, under ${bed.accelerator}, template in the page cache`,
      },
    ];
  },
};
