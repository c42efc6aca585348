/** An estimate with its two-sided confidence interval, in the unit of the values it was made from. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
  /** Between 0 and 1: achieved where the method is exact, nominal where it is a bootstrap. */
  confidence: number;
}
