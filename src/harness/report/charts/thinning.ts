/** More dots than these hide one another, and make pages that browsers choke on. */
const mostDots = 3000;

/** Which blocks are drawn of a run with so many trials, and how to say so under the title. */
export interface Thinning {
  /** Whole blocks, so that every arm keeps its share. */
  readonly draws: (block: number) => boolean;
  /** `one dot a trial`, or `one dot a trial of every 4th block`. */
  note: string;
}

/** All blocks while that is readable, then evenly fewer. */
export function thinning(trials: number): Thinning {
  const step = Math.max(1, Math.ceil(trials / mostDots));
  return {
    draws: (block) => block % step === 0,
    note: step === 1 ? 'one dot a trial' : `one dot a trial, of every ${ordinal(step)} block`,
  };
}

function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  const ending = teen ? undefined : { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10];
  return `${number}${ending ?? 'th'}`;
}
