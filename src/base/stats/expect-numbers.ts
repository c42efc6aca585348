/**
 * Throws a RangeError unless there is at least one value and none is NaN. Infinity passes: it is the
 * value of a failed trial.
 */
export function expectValues(caller: string, values: ArrayLike<number>): void {
  if (values.length === 0) {
    throw new RangeError(`${caller}: expected at least one value, got none`);
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      throw new RangeError(`${caller}: expected numbers, got NaN at index ${i}`);
    }
  }
}

/** Throws a RangeError unless `value` (called `name` in the message) lies strictly between the bounds. */
export function expectBetween(
  caller: string,
  name: string,
  value: number,
  above: number,
  below: number,
): void {
  if (!(value > above && value < below)) {
    throw new RangeError(
      `${caller}: expected ${name} between ${above} and ${below} (exclusive), got ${value}`,
    );
  }
}

/** Throws a RangeError unless `value` (called `name` in the message) is a whole number ≥ `least`. */
export function expectWhole(caller: string, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(
      `${caller}: expected ${name} to be a whole number of at least ${least}, got ${value}`,
    );
  }
}
