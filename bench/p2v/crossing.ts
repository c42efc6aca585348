/** A straight line. */
export interface Line {
  /** At 0. */
  base: number;
  slope: number;
}

/** One measured place: bytes, and seconds. */
export interface Place {
  x: number;
  y: number;
}

/** The line with the smallest squares of distances in y through at least two places. */
export function lineThrough(places: readonly Place[]): Line {
  const n = places.length;
  const mean = (of: (place: Place) => number) =>
    places.reduce((sum, each) => sum + of(each), 0) / n;
  const [x, y] = [mean((each) => each.x), mean((each) => each.y)];
  const spread = places.reduce((sum, each) => sum + (each.x - x) ** 2, 0);
  if (!(spread > 0)) throw new RangeError('lineThrough: expected two places that differ in x');
  const slope = places.reduce((sum, each) => sum + (each.x - x) * (each.y - y), 0) / spread;
  return { base: y - slope * x, slope };
}

/** Where `steep` is above `flat` from there on; undefined where that is nowhere. May be negative. */
export function crossing(steep: Line, flat: Line): number | undefined {
  const slope = steep.slope - flat.slope;
  return slope > 0 ? (flat.base - steep.base) / slope : undefined;
}
