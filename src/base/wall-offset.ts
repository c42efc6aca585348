/** For some ticks of the wall clock, in milliseconds: during one of them we may not run. */
const look = 4.1;
/** More than this beyond what two looks may differ by is a step of the wall clock, in milliseconds. */
const doubt = 0.1;

/**
 * What to subtract from the wall clock to have the monotonic one, in milliseconds, known to
 * microseconds although the wall clock is told in whole milliseconds: it is right at the moment of a
 * tick. Both clocks are slewed alike, so the offset changes only when the wall clock is set.
 * @param wall milliseconds, rounded down
 * @param monotonic milliseconds
 */
export function wallOffset(wall: () => number, monotonic: () => number): () => number {
  let offset: number | undefined;

  // The wall clock is read first: whatever comes between makes the bound lower, never too high.
  const lowerBound = () => wall() - monotonic();

  function fit(): number {
    let best = lowerBound();
    const end = monotonic() + look;
    while (monotonic() < end) best = Math.max(best, lowerBound());
    return best;
  }

  return () => {
    const bound = lowerBound();
    if (offset === undefined || bound > offset + doubt || bound < offset - 1 - doubt) {
      offset = fit();
    } else if (bound > offset) {
      offset = bound;
    }
    return offset;
  };
}
