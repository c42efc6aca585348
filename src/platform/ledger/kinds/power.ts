import { z } from 'zod';
import { hostEntrySchema } from '../../remote/inventory/schema.ts';
import type { ResourceKind } from './kind.ts';

const schema = z.strictObject({ kind: z.literal('power'), host: hostEntrySchema });

/** A host whose power is about to be cut: what is removed is the cut. */
export const power: ResourceKind<typeof schema> = {
  schema,
  // All else on that host can only be removed when it is back.
  rank: -1,
  unmistakable: true,
  describe: ({ host }) => `power of ${host.name}, which was cut`,
  async remove({ host }) {
    if (host.lab !== undefined) {
      const { labExists, readLab } = await import('../../lab/lab-record.ts');
      const { stateDirectory } = await import('../state-directory.ts');
      const state = stateDirectory();
      // With a lab that is no more, its hosts are gone.
      if (!labExists(state, host.lab.name)) return [];
      if (readLab(state, host.lab.name)?.token !== host.lab.token) return [];
    }
    const { powerOf } = await import('../../power/power.ts');
    await (await powerOf(host, { sharedKernel: true })).restore();
    return [{ what: 'power cut', count: 1 }];
  },
};
