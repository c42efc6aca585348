import type { GuestClock } from './guest-clock.ts';
import { gaps, longestGap, signsOf } from './outages.ts';
import type { Span, Trace } from './observer.ts';

/** One write that the witness saw completed. */
export interface CompletedWrite {
  number: number;
  /** The guest's time since its kernel started, in seconds. */
  guestTime: number;
}

const entryBytes = 16;

/**
 * Reads the witness's log: a ring of entries of two 64-bit numbers, that of the write and the guest's
 * nanoseconds when it was completed; number 0 is an entry that is empty or being written.
 * @returns in the order of the numbers
 */
export function parseWitnessLog(log: Buffer): CompletedWrite[] {
  const writes: CompletedWrite[] = [];
  for (let at = 0; at + entryBytes <= log.length; at += entryBytes) {
    const number = Number(log.readBigUInt64LE(at));
    if (number === 0) continue;
    writes.push({ number, guestTime: Number(log.readBigUInt64LE(at + 8)) / 1e9 });
  }
  return writes.sort((a, b) => a.number - b.number);
}

/**
 * The disk as the witness saw it from inside: gaps between completed writes, in time mapped by the
 * guest's clock, which stands still while the guest does.
 */
export function diskTrace(
  writes: readonly CompletedWrite[],
  clock: GuestClock,
  watched: Span,
  raw: Trace['raw'] = [],
): Trace {
  const times = writes.flatMap(({ guestTime }) => clock.toOurs(guestTime) ?? []);
  const signs = signsOf(Float64Array.from(times), watched);
  const error = Math.max(
    0,
    ...clock.stretches.flatMap(({ first, last }) => [first.error, last.error]),
  );
  return {
    gaps: (window, threshold) => gaps(signs, window, threshold),
    longest: (window) => longestGap(signs, window),
    resolution: Math.max(medianStep(signs.at), error),
    raw,
  };
}

/** The usual time from one write to the next: nothing shorter can be told from it. */
function medianStep(times: Float64Array): number {
  const steps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return steps.sort()[steps.length >> 1] ?? 0;
}
