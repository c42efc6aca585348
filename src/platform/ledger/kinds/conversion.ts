import { z } from 'zod';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { hostEntrySchema } from '../../remote/inventory/schema.ts';
import type { ResourceKind } from './kind.ts';

const schema = z.strictObject({ kind: z.literal('conversion'), host: hostEntrySchema });

/** A machine that is about to be converted to be measured: what is removed is the conversion. */
export const conversion: ResourceKind<typeof schema> = {
  schema,
  // Nothing of it runs elsewhere any more.
  rank: 3,
  // What is done on it later would be put back as well.
  unmistakable: false,
  describe: ({ host }) => `conversion of ${host.name}`,
  async remove({ host }) {
    const { resetOf } = await import('../../power/reset.ts');
    // With a lab that is no more, its machines are gone.
    const reset = resetOf(host, cacheDirectory(process.env));
    if (reset === undefined) return [];
    await reset(new AbortController().signal);
    return [{ what: 'conversion', count: 1 }];
  },
};
