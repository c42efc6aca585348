import type { Trial } from '../results/schema.ts';

/** Which trials count where some were repeated because others' load had contaminated them. */
export interface CountedTrials {
  /** All that count; a repeat stands in the block of the trial that it repeats. */
  counted: Trial[];
  /** Numbers of the trials that do not count, and the one that counts in their place. */
  setAside: ReadonlyMap<number, number>;
}

/**
 * Of a contaminated trial and its repeats one counts: the last that no other load touched, else the
 * last. Repeats that did not come to an end do not count. A contaminated trial without repeat stays.
 */
export function countedTrials(trials: readonly Trial[]): CountedTrials {
  if (trials.every(({ repeats }) => repeats === undefined)) {
    return { counted: [...trials], setAside: new Map() };
  }
  const byNumber = new Map(trials.map((trial) => [trial.trial, trial]));
  const groups = new Map<Trial, Trial[]>();
  for (const trial of trials) {
    const first = firstOf(trial, byNumber);
    groups.set(first, [...(groups.get(first) ?? []), trial]);
  }
  const setAside = new Map<number, number>();
  const counted: Trial[] = [];
  for (const [first, all] of groups) {
    const ended = all.filter(({ state }) => state !== 'skipped' && state !== 'aborted');
    const chosen =
      ended.findLast(({ contaminated }) => contaminated === undefined) ?? ended.at(-1) ?? first;
    counted.push({ ...chosen, block: first.block });
    for (const { trial } of all) if (trial !== chosen.trial) setAside.set(trial, chosen.trial);
  }
  return { counted: counted.sort((a, b) => a.trial - b.trial), setAside };
}

/** The trial that was repeated first, along a chain of repeats. */
function firstOf(trial: Trial, byNumber: ReadonlyMap<number, Trial>): Trial {
  let first = trial;
  for (;;) {
    const before = first.repeats === undefined ? undefined : byNumber.get(first.repeats);
    // A trial repeats an earlier one: what says otherwise is damaged, and must not go round for ever.
    if (before === undefined || before.trial >= first.trial) return first;
    first = before;
  }
}
