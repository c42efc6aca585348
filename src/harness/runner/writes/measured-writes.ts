import type { Event } from '../../results/schema.ts';

/** Names of the events that tell what a trial wrote. */
export const writeEvents = ['guest-bytes', 'storage-counters', 'p2v.pass', 'p2v.progress'] as const;

/** What a trial was seen to write, in bytes; undefined where nobody looked. */
export interface MeasuredWrites {
  /** fio in its guests, or a conversion. */
  work: number | undefined;
  /** All that the clients of its storages sent. */
  clients: number | undefined;
}

/** What came from programs, or went to servers: `llite.write_bytes`, `nfs.server write bytes`. */
const counted = /(?:^|[. ])(?:server[._ -]?)?writ(?:e|ten)[._ -]?bytes$/i;

/** @param events of one trial */
export function measuredWrites(events: readonly Event[]): MeasuredWrites {
  const named = (name: (typeof writeEvents)[number]) =>
    events.filter(({ event }) => event === name).map(({ figures = {} }) => figures);
  const fio = named('guest-bytes').map(({ written = 0 }) => written);
  const passes = named('p2v.pass').map(({ bytes = 0 }) => bytes);
  // Progress tells all that was moved until then.
  const moved = named('p2v.progress').map(({ bytes, diskTransferred }) =>
    Math.max(bytes ?? 0, diskTransferred ?? 0),
  );
  const work = [...fio, ...passes, ...(moved.length > 0 ? [Math.max(...moved)] : [])];
  // Several counters of one client count the same bytes.
  const clients = named('storage-counters').flatMap((figures) => {
    const values = Object.entries(figures).flatMap(([name, value]) =>
      counted.test(name) ? [value] : [],
    );
    return values.length === 0 ? [] : [Math.max(...values)];
  });
  return { work: total(work), clients: total(clients) };
}

function total(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
