import { rm } from 'node:fs/promises';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { hypervisorNamed } from '../../src/platform/hypervisor/index.ts';
import { createGuest, type CreateRequest } from '../../src/platform/operations/create.ts';
import { makeRestorePoint } from '../../src/platform/operations/save-state.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { Benchmark } from '../benchmark.ts';
import { prepareGuestBed } from './guest-bed.ts';
import { timesInRatio } from '../figures/times-in-ratio.ts';

/** Ours over the other: five times sooner. */
const goal = 0.2;

/** How much sooner a guest serves that is restored from a saved state than one that boots. */
export const snapshotVsBoot: Benchmark = {
  name: 'snapshot-vs-boot',
  about: 'a guest, until its service answers, restored from a saved state; the other: booted',
  async run(context) {
    const { signal, pairs: count = 10 } = context;
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
    const under = `${bed.accelerator}, state (${state.form}) in the page cache`;
    return [await timesInRatio({ name: 'snapshot-vs-boot', sides, count, goal, under }, context)];
  },
};
