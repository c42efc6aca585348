/** The largest of these, or -Infinity: `Math.max(...values)` overflows the stack above some 100,000. */
export function largest(values: Iterable<number>): number {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}
