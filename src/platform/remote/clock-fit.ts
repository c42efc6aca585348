/** A question to a host's clock: our clock when it was sent and answered, its wall clock between. */
export interface RoundTrip {
  sent: number;
  wall: number;
  received: number;
}

/** What to subtract from stamps of a host's wall clock to have ours; all in seconds. */
export interface Fit {
  /** On the host's wall clock. */
  at: number;
  offset: number;
  /** How far off the offset may be, one way or the other. */
  uncertainty: number;
}

/**
 * From the shortest round trip: the host looked at its clock at some moment of it, so the middle is
 * off by at most half of it (Cristian, Probabilistic clock synchronization, 1989).
 */
export function fitOffset(trips: readonly RoundTrip[]): Fit {
  const length = ({ sent, received }: RoundTrip) => received - sent;
  const best = trips.reduce((best, trip) => (length(trip) < length(best) ? trip : best));
  const middle = (best.sent + best.received) / 2;
  return { at: best.wall, offset: best.wall - middle, uncertainty: length(best) / 2 };
}

/** Between two fits the host's clock is taken to run evenly; outside the nearest fit holds. */
export function mapStamp(before: Fit, after: Fit, wall: number): number {
  const span = after.at - before.at;
  const part = span <= 0 ? 1 : Math.min(1, Math.max(0, (wall - before.at) / span));
  return wall - (before.offset + part * (after.offset - before.offset));
}

/** Of a stamp between two fits, in seconds: their own, or half of what the offset moved, if more. */
export function uncertaintyOf(before: Fit, after: Fit): number {
  const moved = Math.abs(after.offset - before.offset);
  return Math.max(before.uncertainty, after.uncertainty, moved / 2);
}
