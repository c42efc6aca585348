import { rm } from 'node:fs/promises';
import { seededRandom } from '../src/base/stats/random.ts';
import { ratioInterval } from '../src/base/stats/ratio-interval.ts';
import { cacheDirectory } from '../src/platform/guest/image/cache.ts';
import { hypervisorNamed } from '../src/platform/hypervisor/index.ts';
import { createGuest, type CreateRequest } from '../src/platform/operations/create.ts';
import { makeRestorePoint } from '../src/platform/operations/save-state.ts';
import { thisMachine } from '../src/platform/remote/this-machine.ts';
import type { Benchmark } from './benchmark.ts';
import { compared } from './compared.ts';
import { within } from './goal.ts';
import { prepareGuestBed } from './guest-bed.ts';
import { intervalText } from './interval-text.ts';
import { interleavedPairs } from './pairs.ts';

/** Ours over the other: five times sooner. */
const goal = 0.2;

/** How much sooner a guest serves that is restored from a saved state than one that boots. */
export const snapshotVsBoot: Benchmark = {
  name: 'snapshot-vs-boot',
  about: 'a guest, until its service answers, restored from a saved state; the other: booted',
  async run(context) {
    const { signal, pairs: count = 10, progress } = context;
    const bed = await prepareGuestBed(context);
    const on = {
      host: thisMachine(cacheDirectory(process.env)),
      hypervisor: hypervisorNamed('qemu'),
    };
    const saved = await bed.request('saved');
    const { disk, state } = await makeRestorePoint(on, saved, `${saved.diskPath}.state`, signal);
    const side =
      (name: string, start: Pick<Partial<CreateRequest>, 'template' | 'state'>) =>
      async (index: number) => {
        signal.throwIfAborted();
        const request = await bed.request(`${name}-${index}`);
        try {
          const { guest, stamps } = await createGuest(on, { ...request, ...start }, signal);
          await guest.destroy();
          return stamps.service - stamps.requested;
        } finally {
          await rm(request.diskPath, { force: true });
        }
      };
    const sides = { ours: side('restored', { template: disk, state }), other: side('booted', {}) };
    // Programs, images and the state come from the page cache from then on.
    await sides.ours(-1);
    await sides.other(-1);
    const pairs = await interleavedPairs(count, sides, ({ ours, other }, done) => {
      progress(`pair ${done} of ${count}: ${ours.toFixed(2)} and ${other.toFixed(2)} s`);
    });
    const interval = ratioInterval(
      pairs.map(({ ours, other }) => [{ baseline: other, other: ours }]),
      { random: seededRandom('snapshot-vs-boot') },
    );
    return [
      {
        name: 'snapshot-vs-boot',
        unit: 's',
        ...compared(pairs, 'ratio'),
        goal: `ratio ≤ ${goal}`,
        outcome: within(interval, { high: goal }),
        note: `ratio ${intervalText(interval, '×', (value) => value.toFixed(3))}, under ${bed.accelerator}, state (${state.form}) in the page cache`,
      },
    ];
  },
};
