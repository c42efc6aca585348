/** Seconds after the first start of a guest that came to nothing; each more doubles them, up to the longest. */
const first = 10;
const longest = 320;

/** Seconds to the next start of a guest after so many in a row that came to nothing. */
export function backoff(starts: number): number {
  return Math.min(longest, first * 2 ** (starts - 1));
}
