/** One pass over the disk of a machine that goes on. Bytes, seconds. */
export interface CarriedPass {
  /** Whether it was over all of the disk: the first, and wherever it is not known what was written. */
  whole: boolean;
  /** Read on the source, and of that sent. */
  read: number;
  sent: number;
  seconds: number;
  /** Written meanwhile, so left for the next; nothing is known of it where `lost`. */
  rest: number;
  /** It is not known what was written meanwhile. */
  lost: boolean;
}

/** What comes after a pass. */
export interface Decision {
  next: 'again' | 'cut-over' | 'give-up';
  /** Seconds that the next pass would take, if nothing were written any more. */
  predicted: number;
}

/** A pass that is hardly shorter than the best before it leads nowhere. */
const worthwhile = 0.95;
/** Passes without a better one after which it is given up: one may meet a burst of writes. */
const patience = 3;
/** Bytes from which on a pass tells a rate. */
const telling = 2 ** 20;

/**
 * Decides after a pass: cut over once what is left is expected to take no longer than the budget; give up
 * once passes do not get shorter any more, or there were too many.
 * @param passes all until now, at least one
 * @param budget seconds
 */
export function decide(passes: readonly CarriedPass[], budget: number, most = 30): Decision {
  const foretold = passes.map((_, index) => predicted(passes.slice(0, index + 1)));
  const last = foretold.at(-1) ?? Infinity;
  if (last <= budget) return { next: 'cut-over', predicted: last };
  let [best, idle] = [Infinity, 0];
  for (const each of foretold) {
    idle = each <= best * worthwhile ? 0 : idle + 1;
    best = Math.min(best, each);
  }
  const next = idle >= patience || passes.length >= most ? 'give-up' : 'again';
  return { next, predicted: last };
}

/** Seconds for what is left after the last of these passes. */
function predicted(passes: readonly CarriedPass[]): number {
  const last = passes.at(-1);
  if (last === undefined) return Infinity;
  // All has to be read and compared: as long as that took when it was done last.
  if (last.lost) return passes.findLast(({ whole }) => whole)?.seconds ?? Infinity;
  if (last.rest === 0) return 0;
  return last.rest / rateOf(passes);
}

/** Bytes of the disk a second, of the last pass that tells; of one over all only what was sent counts. */
function rateOf(passes: readonly CarriedPass[]): number {
  const bytesOf = ({ whole, read, sent }: CarriedPass) => (whole ? sent : read);
  const told = passes.findLast((each) => bytesOf(each) >= telling);
  if (told !== undefined) return bytesOf(told) / told.seconds;
  // Hardly anything is on the disk: reading it is what takes time.
  const all = passes.reduce(
    (sum, { read, seconds }) => ({ read: sum.read + read, seconds: sum.seconds + seconds }),
    { read: 0, seconds: 0 },
  );
  return all.read / all.seconds;
}
