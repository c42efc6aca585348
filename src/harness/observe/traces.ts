import { diskTrace, type CompletedWrite } from './disk.ts';
import { GuestClock } from './guest-clock.ts';
import { guestTrace } from './guest.ts';
import type { ObserverName, Span, Trace } from './observer.ts';
import type { Seen } from './watch.ts';

/**
 * What each observer saw, but for the hypervisor's own figure: two of them read their gaps from what
 * the others recorded.
 * @param writes of the write witness; undefined where there was none
 * @param whole in which all of them watched
 */
export function tracesOf(
  seen: Seen,
  writes: readonly CompletedWrite[] | undefined,
  whole: Span,
): {
  traces: ReadonlyMap<ObserverName, Trace>;
  /** Pauses of which an observer could not tell whether there was one. */
  unseen: ReadonlyMap<ObserverName, readonly Span[]>;
  warnings: readonly string[];
} {
  const clock = new GuestClock(seen.network.readings, seen.pauses);
  const guest = guestTrace(clock, seen.pauses);
  const traces = new Map<ObserverName, Trace>([
    ['hypervisor-events', seen.events],
    ['network', seen.network],
    ['guest', guest],
  ]);
  if (writes !== undefined) traces.set('disk', diskTrace(writes, clock, whole));
  return {
    traces,
    unseen: new Map([['guest', guest.unseen]]),
    warnings: [...seen.network.warnings, ...(seen.http?.warnings ?? []), ...guest.warnings],
  };
}
