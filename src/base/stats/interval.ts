/** An estimate with its two-sided confidence interval, in the unit of the values it was made from. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
  /** Nominal, between 0 and 1. */
  confidence: number;
}
