import { readEvents } from '../../results/read-events.ts';
import type { Event, Run, Trial } from '../../results/schema.ts';
import type { Matrix } from '../../scenario/matrix.ts';
import { writeEvents } from './measured-writes.ts';
import { templateWrites, trialWrites, type WritesRequest } from './planned-writes.ts';
import { WriteAccount } from './write-account.ts';

/**
 * The account of a run of which nothing is written yet by this process; templates are made anew by
 * each, and what earlier ones wrote counts.
 * @param folder of the run
 * @throws UserError if the limit does not allow a first block of trials, or one more trial of a run
 *   that is resumed
 */
export function openWriteAccount(
  limit: number,
  plan: Omit<WritesRequest, 'arms'>,
  { arms }: Pick<Matrix, 'arms'>,
  folder: string,
  previous?: { run: Run; trials: readonly Trial[] },
): WriteAccount {
  const request = { ...plan, arms: arms.map(({ levels }) => levels) };
  const plans = arms.map(({ levels }) => trialWrites(request, levels));
  const templates = templateWrites(request);
  // A run without a limit did not say; it had the same templates.
  const before = previous === undefined ? 0 : (previous.run.writes?.templates ?? templates);
  const done = previous === undefined ? [] : doneBefore(previous.trials, arms, folder);
  const said = previous?.run.writes?.trials;
  const account = new WriteAccount(limit, before + templates, plans, done, said);
  const all = plans.map((_, arm) => arm);
  const [least = 0] = [...all].sort((a, b) => sizeOf(a) - sizeOf(b));
  account.require(previous === undefined ? all : [least]);
  return account;

  function sizeOf(arm: number): number {
    const { made = 0, expected = 0 } = plans[arm] ?? {};
    return made + expected;
  }
}

function doneBefore(trials: readonly Trial[], arms: Matrix['arms'], folder: string) {
  const names = arms.map(({ arm }) => JSON.stringify(arm));
  const events = new Map<number, Event[]>(trials.map(({ trial }) => [trial, []]));
  for (const event of readEvents(folder, new Set(events.keys()), writeEvents)) {
    events.get(event.trial)?.push(event);
  }
  return trials.map(({ trial, arm }) => ({
    arm: names.indexOf(JSON.stringify(arm)),
    events: events.get(trial) ?? [],
  }));
}
