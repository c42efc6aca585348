import type { StorageBackend } from '../storage.ts';
import { dropCaches } from './caches.ts';
import { compareLustre } from './compare.ts';
import { readCounters } from './counters.ts';
import { inspectLustre } from './inspect.ts';
import { lustreLayouts } from './layouts.ts';

/** A directory on a mounted Lustre client. */
export const lustre: StorageBackend = {
  kind: 'lustre',
  label: 'Lustre',
  cachedByServers: true,
  inspect: inspectLustre,
  compareHosts: compareLustre,
  layouts: lustreLayouts,
  counters: readCounters,
  dropCaches,
};
