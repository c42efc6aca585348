import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRun } from '../results/run-file.ts';
import type { Trial } from '../results/schema.ts';
import { measuring, Runs, type RunChanges } from './runs.example.ts';

let runs: Runs;
let now: number;
beforeEach(() => {
  runs = new Runs();
  now = 0;
});
afterEach(() => runs.remove());

/** Every trial takes ten seconds. */
const run = (repeat: string, changes: RunChanges = {}) =>
  runs.run(repeat, {
    clock: { now: () => now, fromWall: () => 0 },
    measurements: measuring((scope) => {
      now += 10;
      scope.record('x.total', 1);
    }),
    ...changes,
  });

/** What claims would have done with the time that is left: the second arm, twice. */
const extend = () => Promise.resolve([[1], [1]]);

const sorted = (trials: readonly Trial[]) => [...trials].sort((a, b) => a.trial - b.trial);

/** As if the process had been killed that many trials earlier. */
function forget(path: string, trials: number): void {
  const log = join(path, 'trials.ndjson');
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  writeFileSync(log, `${lines.slice(0, lines.length - trials).join('\n')}\n`);
}

it('a resumed run begins no block that would end after its budget, the first as little as others', async () => {
  const { path } = await run('{ trials: 9 }', { budget: 130 });
  const none = await run('{ trials: 9 }', { path, budget: 30 });
  expect([none.ended, none.trials.length]).toEqual(['budget', 12]);
  const some = await run('{ trials: 9 }', { path, budget: 90 });
  expect([some.ended, some.trials.length]).toEqual(['budget', 20]);
  expect((await run('{ trials: 9 }', { path })).trials).toHaveLength(36);
});

it('what a budget chose instead of the plan takes no number of the plan', async () => {
  const chosen = await run('{ trials: 9 }', { budget: 300, extend });
  expect([chosen.ended, chosen.trials.length]).toEqual(['budget', 26]);
  const { trials, run: made } = await run('{ trials: 9 }', { path: chosen.path });
  expect(trials).toHaveLength(38);
  const blocks = Array.from({ length: 9 }, (_, block) =>
    trials.filter((trial) => trial.block === block).map(({ arm }) => JSON.stringify(arm)),
  );
  expect(blocks.map((arms) => new Set(arms).size)).toEqual(new Array(9).fill(4));
  const further = sorted(trials).slice(36);
  expect(further.map(({ arm }) => arm)).toEqual([made.arms[1], made.arms[1]]);
});

it('further trials were fixed before the first of them: a killed run goes on with just those', async () => {
  const whole = await run('{ trials: 6 }', { budget: 300, extend });
  expect([whole.ended, whole.trials.length]).toEqual(['complete', 26]);
  forget(whole.path, 1);
  const resumed = await run('{ trials: 6 }', { path: whole.path });
  const which = (trials: readonly Trial[]) =>
    sorted(trials).map(({ trial, block, arm }) => ({ trial, block, arm }));
  expect(which(resumed.trials)).toEqual(which(whole.trials));
  expect(readRun(whole.path).notes).toHaveLength(1);
});

it('a resumed run spends its own budget behind all that was done, and says so', async () => {
  const { path } = await run('{ trials: 6 }', { budget: 300, extend });
  const { trials } = await run('{ trials: 6 }', { path, budget: 100, extend });
  expect(sorted(trials).map(({ trial }) => trial)).toEqual([
    ...Array.from({ length: 24 }, (_, trial) => trial),
    ...[24, 28, 32, 36],
  ]);
  expect(readRun(path).notes).toHaveLength(2);
});
