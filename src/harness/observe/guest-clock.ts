import type { Span } from './observer.ts';

/** One answer of the guest's service: our stamps and the guest's own. Seconds. */
export interface ClockReading {
  sentAt: number;
  at: number;
  /** The guest's time since its kernel started: it stands still while the guest is stopped. */
  guestTime: number;
}

/** What must be added to the guest's time to get ours, and how far off that may be. Seconds. */
export interface Offset {
  value: number;
  error: number;
}

/** A stretch in which the guest ran, with the offset of its clock at both ends: clocks drift. */
export interface RunningStretch extends Span {
  first: Offset;
  last: Offset;
}

/** Seconds of readings from which the offset at an edge is taken: short, so that drift is small. */
const edgeSeconds = 0.5;
/** At least so many, where they are few. */
const edgeReadings = 20;

/**
 * The guest's clock as readings show it, between pauses that are known roughly. Each reading bounds
 * the offset: the guest stamped its answer after our request went and before the answer came
 * (Cristian 1989), so the offset lies in [sentAt − guestTime, at − guestTime]; the offset at an edge
 * of a stretch is the middle of what all readings near it leave.
 * @param readings in the order of `at`
 * @param pauses in order of time; their edges may be some milliseconds off
 */
export class GuestClock {
  readonly stretches: readonly RunningStretch[];

  constructor(readings: readonly ClockReading[], pauses: readonly Span[]) {
    const edges = [-Infinity, ...pauses.flatMap(({ from, to }) => [from, to]), Infinity];
    const stretches: RunningStretch[] = [];
    for (let index = 0; index + 1 < edges.length; index += 2) {
      const stretch = stretchOf(readings, edges[index] as number, edges[index + 1] as number);
      if (stretch) stretches.push(stretch);
    }
    this.stretches = stretches;
  }

  /** The guest's moment on our clock; undefined where no reading tells. */
  toOurs(guestTime: number): number | undefined {
    for (const { from, to, first, last } of this.stretches) {
      const length = to - from;
      const share = length > 0 ? (guestTime + first.value - from) / length : 0;
      const offset = first.value + Math.min(1, Math.max(0, share)) * (last.value - first.value);
      const at = guestTime + offset;
      if (at <= to + last.error) return at;
    }
    const end = this.stretches.at(-1);
    return end && guestTime + end.last.value;
  }

  /**
   * How long the guest did not age in the pause around a moment; undefined where no reading tells.
   */
  stepAround(moment: number): Offset | undefined {
    const next = this.stretches.findIndex(({ from }) => from > moment);
    const before = this.stretches[next - 1];
    const after = this.stretches[next];
    if (before === undefined || after === undefined) return undefined;
    return {
      value: after.first.value - before.last.value,
      error: after.first.error + before.last.error,
    };
  }
}

function stretchOf(
  readings: readonly ClockReading[],
  from: number,
  to: number,
): RunningStretch | undefined {
  // An answer that was under way while the guest stopped belongs to neither side.
  const inside = readings.filter(({ sentAt, at }) => sentAt >= from && at <= to);
  const [earliest] = inside;
  const latest = inside.at(-1);
  if (earliest === undefined || latest === undefined) return undefined;
  const [begin, end] = [earliest.sentAt, latest.at];
  // From the first answer on, which may be to a request that waited long: those after it tell more.
  const first = offsetOf(
    inside.filter(({ at }, index) => index < edgeReadings || at <= earliest.at + edgeSeconds),
  );
  const fromEnd = inside.length - edgeReadings;
  const last = offsetOf(
    inside.filter(({ sentAt }, index) => index >= fromEnd || sentAt >= latest.sentAt - edgeSeconds),
  );
  const known = first ?? last ?? offsetOf(inside);
  if (known === undefined) return undefined;
  return { from: begin, to: end, first: first ?? known, last: last ?? known };
}

/** Readings that a drift has made contradict one another give their middle. */
function offsetOf(readings: readonly ClockReading[]): Offset | undefined {
  if (readings.length === 0) return undefined;
  let low = -Infinity;
  let high = Infinity;
  for (const { sentAt, at, guestTime } of readings) {
    low = Math.max(low, sentAt - guestTime);
    high = Math.min(high, at - guestTime);
  }
  return { value: (low + high) / 2, error: Math.abs(high - low) / 2 };
}
