/** Copying what goes on changing: rounds, each of what was changed during the one before. */
export interface Passes {
  /** Whether the rest came below the budget. */
  converges: boolean;
  /** Seconds of all passes while the machine goes on, the first among them. */
  seconds: number;
  count: number;
  /** Bytes that are left for the last one, when nothing changes any more. */
  rest: number;
  /** Seconds that it takes. */
  restSeconds: number;
  /** Bytes moved in all, the last pass among them. */
  moved: number;
}

interface PassesInput {
  /** Seconds of the first pass, and its bytes. */
  first: { seconds: number; bytes: number };
  /** Bytes that are changed in so many seconds. */
  changed: (seconds: number) => number;
  /** Seconds that it takes to copy so many changed bytes. */
  copy: (bytes: number) => number;
  /** Seconds that the last pass may take. */
  budget: number;
  most?: number;
}

/** A pass that is hardly shorter than the one before leads nowhere. */
const worthwhile = 0.95;

/**
 * Foretells rounds of copying (as of iterative pre-copy: Clark et al., "Live Migration of Virtual
 * Machines", NSDI 2005). They end when the rest takes no longer than the budget, or when the passes
 * no longer get shorter.
 */
export function passes({ first, changed, copy, budget, most = 30 }: PassesInput): Passes {
  let { seconds, bytes: moved } = first;
  let last = first.seconds;
  for (let count = 1; ; count += 1) {
    const rest = changed(last);
    const restSeconds = copy(rest);
    const converges = restSeconds <= budget;
    if (converges || count === most || restSeconds > last * worthwhile) {
      return { converges, seconds, count, rest, restSeconds, moved: moved + rest };
    }
    seconds += restSeconds;
    moved += rest;
    last = restSeconds;
  }
}

/**
 * Distinct bytes that are changed in some seconds, where each write hits any place of a working set:
 * S · (1 − e^(−w·t / S)). Never more than what is written, nor than the working set.
 * @param rate bytes a second that are written
 * @param workingSet bytes
 */
export function changedBytes(rate: number, workingSet: number, seconds: number): number {
  if (!(workingSet > 0)) return 0;
  return workingSet * -Math.expm1((-rate * seconds) / workingSet);
}
