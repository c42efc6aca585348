import { endsWithin } from '../../../platform/ends-within.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { StorageCounters } from '../../../platform/storage/storage.ts';
import type { StorageBed } from './bed.ts';

/** Seconds: a trial does not wait for figures that only explain it. */
const usualPatience = 5;

/** What the clients of a storage have counted, by the host's name; hosts that do not tell are left out. */
export async function readCounters(
  bed: StorageBed,
  hosts: readonly Host[],
  patience = usualPatience,
): Promise<Map<string, StorageCounters>> {
  const { backend } = bed;
  const found = new Map<string, StorageCounters>();
  if (backend.counters === undefined) return found;
  const reading = hosts
    .filter((host) => bed.isOn(host))
    .map(async (host) => {
      found.set(host.name, (await backend.counters?.(host.shell, bed.directory(host))) ?? {});
    });
  await endsWithin(patience, Promise.allSettled(reading));
  // What comes later is of another moment.
  return new Map(found);
}

/**
 * What was counted in between. Counters begin anew where the storage was mounted anew: then nothing of
 * that client can be told, and nothing is returned.
 */
export function counterDeltas(before: StorageCounters, after: StorageCounters): StorageCounters {
  const deltas = Object.entries(after).flatMap(([name, value]): [string, number][] => {
    const earlier = before[name];
    return earlier === undefined ? [] : [[name, value - earlier]];
  });
  return deltas.some(([, delta]) => delta < 0) ? {} : Object.fromEntries(deltas);
}
