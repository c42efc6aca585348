import { expect, it } from 'vitest';
import type { SentinelLook } from './sentinel.ts';
import { TrialSentinels } from './trial-sentinels.ts';

const never = new AbortController().signal;
const figures = { write: 0.001, read: 0.0001 };
const look = (at: number, changes: Partial<SentinelLook> = {}): SentinelLook => ({
  ...{ at, fresh: true, figures, moved: undefined },
  ...changes,
});

function sentinel(before: SentinelLook | undefined, after: SentinelLook | undefined) {
  return {
    ...{ storage: 'shared', host: 'h1', givenUp: after === undefined ? 'no space' : undefined },
    before: () => Promise.resolve(before),
    after: () => Promise.resolve(after),
  };
}

const moved = 'writes took 3.1 times as long as usual';

it.each([
  ['before', look(1, { moved }), look(9), `sentinel on shared: ${moved}`],
  ['after', look(1, { fresh: false }), look(9, { moved }), `sentinel on shared: ${moved}`],
  ['never', look(1), look(9), undefined],
])('a sentinel that moved %s contaminates the trial', async (_, before, after, expected) => {
  const around = new TrialSentinels([sentinel(before, after)]);
  await around.before(never);
  expect(await around.after(never)).toBe(expected);
  const event = { event: 'sentinel', phase: 'shared', observer: 'h1', figures };
  // One between two trials is told once.
  const times = before.fresh ? [1, 9] : [9];
  expect(around.events).toEqual(times.map((at) => ({ ...event, at })));
});

it('says why there is none', async () => {
  const around = new TrialSentinels([sentinel(undefined, undefined)]);
  await around.before(never);
  expect(await around.after(never)).toBeUndefined();
  expect(around.events).toEqual([]);
  expect(around.warnings).toEqual(['no sentinel on storage shared of h1: no space']);
});
