import { rm } from 'node:fs/promises';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { Benchmark } from '../benchmark.ts';
import { prepareGuestBed } from './guest-bed.ts';
import { timesInRatio } from '../figures/times-in-ratio.ts';
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
    const { signal, pairs: count = 8 } = context;
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
    const under = `${bed.accelerator}, template in the page cache`;
    return [await timesInRatio({ name: 'clone-vs-copy', sides, count, goal, under }, context)];
  },
};
