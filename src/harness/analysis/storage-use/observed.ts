import type { Event } from '../../results/schema.ts';

/** Events that tell what storages and their clients did, and what others did to them. */
export const storageEvents = ['storage-counters', 'guest-bytes', 'sentinel'] as const;

/** Those events, by name; the storages called as they are shown. */
export interface StorageObservations {
  /** What the client of a host has counted over one trial: `figures`, by name of the counter. */
  counters: Event[];
  /** What fio moved in one guest over one trial: `read` and `written`, in bytes. */
  guestBytes: Event[];
  /** How long the sentinel's job took between two trials: `write` and `read`, in seconds. */
  sentinel: Event[];
}

/** @param names shown name of each storage */
export function observationsOf(
  events: Iterable<Event>,
  names: ReadonlyMap<string, string>,
): StorageObservations {
  const found: StorageObservations = { counters: [], guestBytes: [], sentinel: [] };
  const lists = {
    'storage-counters': found.counters,
    'guest-bytes': found.guestBytes,
    sentinel: found.sentinel,
  };
  for (const event of events) {
    const list = lists[event.event as keyof typeof lists] as Event[] | undefined;
    const { phase } = event;
    list?.push(phase === undefined ? event : { ...event, phase: names.get(phase) ?? phase });
  }
  return found;
}
