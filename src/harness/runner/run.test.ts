import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { openLedger } from '../../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../../platform/ledger/owned-directory.ts';
import { thisMachine } from '../../platform/remote/this-machine.ts';
import { NotConverged, type TrialScope } from '../measure/measurement.ts';
import { readSamples } from '../results/read-samples.ts';
import { readTrials } from '../results/read-trials.ts';
import { readRun } from '../results/run-file.ts';
import type { Trial } from '../results/schema.ts';
import { HostGroup } from './hosts/host-group.ts';
import type { RunHosts } from './hosts/run-hosts.ts';
import type { Progress } from './progress.ts';
import { measuring, Runs, type RunChanges } from './runs.example.ts';

let runs: Runs;
beforeEach(() => {
  runs = new Runs();
});
afterEach(() => runs.remove());

const run = (repeat: string, changes?: RunChanges) => runs.run(repeat, changes);

/** The same value for the same trial, wherever it is done. */
const repeatable = measuring((scope) => {
  const wave = Math.abs(Math.sin(scope.trial + 1));
  scope.record('x.total', 1 + wave / 20);
});

const which = (trials: readonly Trial[]) =>
  [...trials]
    .sort((a, b) => a.trial - b.trial)
    .map(({ trial, block, arm }) => ({ trial, block, arm }));

describe('a run', () => {
  it('does as many trials of each arm as fixed, in blocks, and keeps them in its folder', async () => {
    const { run: made, trials, ended, path } = await run('{ trials: 3 }');
    expect([ended, trials.length, made.planned]).toEqual(['complete', 12, 12]);
    for (const block of [0, 1, 2]) {
      const arms = trials.filter((trial) => trial.block === block).map(({ arm }) => arm);
      expect(arms).toHaveLength(4);
      expect(new Set(arms.map((arm) => JSON.stringify(arm))).size).toBe(4);
    }
    expect(readTrials(path)).toEqual(trials);
    expect(readSamples(join(path, 'samples.ndjson')).count).toBe(12);
    expect(readRun(path)).toEqual(made);
    expect(made.endedAt).toBeDefined();
    expect(runs.ledgers()).toEqual([]);
  });

  it('plans from its pilot', async () => {
    const few = await run('{ pilot: 3, precision: 0.5 }', { measurements: repeatable });
    expect(few.run.planned).toBe(6 * 4);
    const many = await run('{ pilot: 3, precision: 0.01, most: 9 }', { measurements: repeatable });
    expect([many.run.planned, many.trials.length]).toEqual([9 * 4, 9 * 4]);
  });

  it('tells what it does', async () => {
    const told: Progress[] = [];
    await run('{ trials: 2 }', { onProgress: (progress) => told.push(progress) });
    const count = (type: Progress['type']) => told.filter((each) => each.type === type).length;
    expect([count('trial-started'), count('trial-ended')]).toEqual([8, 8]);
    expect(told).toContainEqual({ type: 'planned', trials: 8, done: 4 });
  });

  it('begins no block that would end after its budget, but one', async () => {
    let now = 0;
    const clock = { now: () => now, fromWall: () => 0 };
    const measurements = measuring(() => void (now += 10));
    const budgeted = async (budget: number) => {
      const { ended, trials } = await run('{ trials: 9 }', { clock, measurements, budget });
      return [ended, trials.length / 4];
    };
    expect(await budgeted(130)).toEqual(['budget', 3]);
    expect(await budgeted(1)).toEqual(['budget', 1]);
    expect(await budgeted(1000)).toEqual(['complete', 9]);
  });
});

describe('a limit of bytes', () => {
  // 100 bytes each, of which the plan knows nothing: after one trial of an arm it is known.
  const measurements = measuring((scope) => {
    scope.record('x.total', 1);
    scope.event({ event: 'guest-bytes', at: scope.clock.now(), figures: { written: 100 } });
  });
  const limited = (writeBudget: number, changes: RunChanges = {}) =>
    run('{ trials: 3 }', { measurements, writeBudget, ...changes });

  it('ends a run before the trial that would pass it', async () => {
    const { run: made, ended, trials } = await limited(900);
    expect([ended, trials.length]).toEqual(['write-budget', 8]);
    expect(made.writes).toEqual({ limit: 900, templates: 0, trials: 800, ended: true });
    // Less than a block that was begun may be left: then it is not whole.
    expect((await limited(250)).trials).toHaveLength(3);
    expect((await limited(1200)).ended).toBe('complete');
  });

  it('holds for all processes of a run, and more may be allowed', async () => {
    const { path } = await limited(900);
    const same = await limited(900, { path });
    expect([same.ended, same.trials.length]).toEqual(['write-budget', 8]);
    const more = await limited(1200, { path });
    expect([more.ended, more.trials.length]).toEqual(['complete', 12]);
    expect(readRun(path).writes).toMatchObject({ limit: 1200, trials: 1200, ended: false });
  });
});

describe('what goes wrong', () => {
  it('in a trial makes that one failed, and the run goes on', async () => {
    const { ended, trials, path } = await run('{ trials: 2 }', {
      measurements: measuring((scope) => {
        if (scope.trial % 3 === 0) throw new Error(`trial ${scope.trial} broke`);
        scope.record('x.total', 1);
      }),
    });
    expect([ended, trials.length]).toEqual(['complete', 8]);
    const failed = trials.filter((trial) => trial.state === 'failed');
    expect(failed.map(({ trial, reason }) => [trial, reason?.message])).toEqual(
      [0, 3, 6].map((trial) => [trial, `trial ${trial} broke`]),
    );
    expect(readTrials(path)).toEqual(trials);
  });

  it.each([
    ['a value that is no number', (scope: TrialScope) => scope.record('x.total', NaN), /NaN/],
    ['an unknown metric', (scope: TrialScope) => scope.record('y', 1), /no metric called y/],
    [
      'a file that cannot be written',
      async (scope: TrialScope) => {
        scope.saveArtifact('a/b', '');
        scope.saveArtifact('a', '');
        await sleep(20);
      },
      /EISDIR/,
    ],
  ])('%s is a failed trial', async (_, look, message) => {
    const { trials } = await run('{ trials: 1 }', { measurements: measuring(look) });
    for (const trial of trials) expect(trial.reason?.message).toMatch(message);
    expect(trials).toHaveLength(4);
  });

  it.each([
    ['not-converged', () => Promise.reject(new NotConverged('dirtied too fast')), 'complete', 20],
    ['failed', () => Promise.reject(new Error('broke')), 'hopeless', 4],
  ] as const)('in all trials, which are %s', async (state, look, how, count) => {
    const { trials, ended } = await run('{ trials: 5 }', {
      measurements: measuring((scope) => {
        scope.record('x.total', 1);
        return look();
      }),
    });
    expect([ended, trials.length]).toEqual([how, count]);
    expect(new Set(trials.map((trial) => trial.state))).toEqual(new Set([state]));
  });

  it('in every trial of the first block ends the run', async () => {
    const { ended, trials } = await run('{ trials: 5 }', {
      measurements: measuring(() => Promise.reject(new Error('hopeless'))),
    });
    expect([ended, trials.length]).toEqual(['hopeless', 4]);
  });
});

/** Groups of hosts of which nothing is asked. */
function groupsOf(count: number, { xen = NaN }: { xen?: number } = {}): RunHosts {
  const group = (number: number) => {
    const host = thisMachine('/nonexistent', `h${number}`);
    return new HostGroup([number === xen ? { ...host, hypervisors: ['xen'] } : host], new Map());
  };
  return {
    groups: Array.from({ length: count }, (_, number) => group(number)),
    ...{ addresses: [], onlyThisMachine: true, close: () => Promise.resolve() },
  };
}

describe('on several groups of hosts', () => {
  it('trials are done at once, begun in the order of one group, and all recorded', async () => {
    const begun = async (hosts: RunHosts) => {
      const order: number[] = [];
      const { trials, path } = await run('{ trials: 4 }', {
        ...{ hosts, parallel: 3, seed: 'ab' },
        measurements: measuring(async (scope) => {
          await sleep((scope.trial * 7) % 5);
          scope.record('x.total', 1);
        }),
        onProgress: (progress) => {
          if (progress.type === 'trial-started') order.push(progress.trial);
        },
      });
      expect(readTrials(path)).toEqual(trials);
      expect(readSamples(join(path, 'samples.ndjson')).count).toBe(16);
      return order;
    };
    expect(await begun(groupsOf(3))).toEqual(await begun(groupsOf(1)));
  });

  it.each([
    [3, 3, 3],
    [3, 1, 1],
    [1, 3, 1],
    [3, 3, 2, { xen: 1 }],
  ])(
    'of %i groups with %i trials at once, %i are under way',
    async (groups, parallel, expected, kinds: { xen?: number } = {}) => {
      let [now, most] = [0, 0];
      await run('{ trials: 3 }', {
        ...{ hosts: groupsOf(groups, kinds), parallel },
        measurements: measuring(async () => {
          most = Math.max(most, ++now);
          await sleep(10);
          now--;
        }),
      });
      expect(most).toBe(expected);
    },
  );

  it('without a host on which its hypervisor runs, no trial is done', async () => {
    const { trials, ended } = await run('{ trials: 3 }', {
      hosts: groupsOf(1, { xen: 0 }),
      measurements: repeatable,
    });
    expect([trials, ended]).toEqual([[], 'out-of-reach']);
  });

  it('the pilot is over before it is looked at', async () => {
    const { run: made, trials } = await run('{ pilot: 3, precision: 0.5 }', {
      ...{ hosts: groupsOf(2), parallel: 2 },
      measurements: repeatable,
    });
    expect([made.planned, trials.length]).toEqual([24, 24]);
  });
});

it('ends with the reason of its signal, and leaves neither trial nor ledger behind', async () => {
  const stop = new AbortController();
  const ledger = openLedger({ stateDirectory: runs.state, label: 'x' });
  const { path: owned } = createOwnedDirectory(ledger, join(runs.folder, 'owned'));
  expect(runs.ledgers()).toHaveLength(1);
  const running = run('{ trials: 100000 }', {
    ledger,
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.type === 'trial-ended' && progress.trial.trial === 5) {
        stop.abort(new Error('interrupted'));
      }
    },
  });
  await expect(running).rejects.toThrow('interrupted');
  expect([existsSync(owned), runs.ledgers()]).toEqual([false, []]);
  expect(readTrials(join(runs.folder, 'run-0')).length).toBeLessThan(9);
});

it('lets timers have their turn while trials do nothing', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('from a timer')), 1);
  await expect(run('{ trials: 100000 }', { signal: stop.signal })).rejects.toThrow('from a timer');
});

describe('resumed', () => {
  it.each(['{ trials: 3 }', '{ pilot: 3, precision: 0.01, most: 7 }'])(
    'after a cut at any byte of the trial log, a run of %s has the same trials with the same arms',
    async (repeat) => {
      const whole = await run(repeat, { measurements: repeatable });
      await fc.assert(
        fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (share) => {
          const { path } = await run(repeat, { measurements: repeatable });
          const log = join(path, 'trials.ndjson');
          truncateSync(log, Math.floor(readFileSync(log).length * share));
          // A run that was cut before its end has not come to its end.
          const made = readRun(path);
          const fixed = !repeat.includes('pilot') || readTrials(path).length >= 3 * 4;
          const planned = fixed ? made.planned : undefined;
          const begun = JSON.stringify({ ...made, endedAt: undefined, planned });
          writeFileSync(join(path, 'run.json'), begun);
          const resumed = await run(repeat, { measurements: repeatable, path });
          expect(which(resumed.trials)).toEqual(which(whole.trials));
          expect(which(readTrials(path))).toEqual(which(whole.trials));
          expect(resumed.run.planned).toBe(whole.run.planned);
          expect(readSamples(join(path, 'samples.ndjson')).count).toBe(whole.trials.length);
        }),
        { numRuns: 12 },
      );
    },
    30_000,
  );

  it('repeats contaminated trials behind all others, once, and at most one in five', async () => {
    const { path } = await run('{ trials: 3 }', { measurements: repeatable });
    const log = join(path, 'trials.ndjson');
    const contaminated = 'sentinel on shared: writes took 3.1 times as long as usual';
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    const touched = lines.map((line, index) => {
      const trial = JSON.parse(line) as Trial;
      return JSON.stringify(index % 3 === 0 ? { ...trial, contaminated } : trial);
    });
    writeFileSync(log, `${touched.join('\n')}\n`);
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => told.push(progress);
    const {
      trials,
      ended,
      run: made,
    } = await run('{ trials: 3 }', {
      ...{ path, onProgress, measurements: repeatable },
    });
    expect([ended, made.planned, trials.length]).toEqual(['complete', 12, 14]);
    const original = (number = -1) => trials.find(({ trial }) => trial === number);
    const repeats = trials.filter((trial) => trial.repeats !== undefined);
    expect(repeats.map(({ trial, repeats: of }) => [trial, of])).toEqual([
      [12, 0],
      [13, 3],
    ]);
    for (const { block, arm, repeats: of } of repeats) {
      expect({ block, arm }).toEqual({ block: original(of)?.block, arm: original(of)?.arm });
    }
    expect(told).toContainEqual({ type: 'planned', trials: 14, done: 12 });
    // Interrupted among the repeats, it goes on with them.
    const whole = readFileSync(log, 'utf8').trimEnd().split('\n');
    writeFileSync(log, `${whole.slice(0, -1).join('\n')}\n`);
    const resumed = await run('{ trials: 3 }', { path, measurements: repeatable });
    expect(which(resumed.trials)).toEqual(which(trials));
    expect((await run('{ trials: 3 }', { path, measurements: repeatable })).trials).toHaveLength(
      14,
    );
  });

  it('that has ended stays so, unless it gets more trials', async () => {
    const { path } = await run('{ trials: 2 }');
    const { endedAt } = readRun(path);
    await run('{ trials: 2 }', { path });
    expect(readRun(path).endedAt).toBe(endedAt);
    const log = join(path, 'trials.ndjson');
    writeFileSync(log, readFileSync(log, 'utf8').split('\n').slice(1).join('\n'));
    let during: string | undefined = 'not looked at';
    const measurements = measuring(() => void (during = readRun(path).endedAt));
    await run('{ trials: 2 }', { path, measurements });
    expect(during).toBeUndefined();
    expect(readRun(path).endedAt).not.toBe(endedAt);
  });

  it('in another environment it is refused, and left as it was', async () => {
    const { path } = await run('{ trials: 2 }');
    const made = readRun(path);
    const { machine } = made.environment;
    const elsewhere = {
      ...made,
      environment: { ...made.environment, machine: { ...machine, kernel: '1.0' } },
    };
    writeFileSync(join(path, 'run.json'), JSON.stringify(elsewhere));
    truncateSync(join(path, 'trials.ndjson'));
    const before = readFileSync(join(path, 'run.json'), 'utf8');
    const resumed = run('{ trials: 2 }', { path });
    await expect(resumed).rejects.toThrow(UserError);
    await expect(resumed).rejects.toThrow(`kernel was 1.0, is ${machine?.kernel}`);
    expect(readFileSync(join(path, 'run.json'), 'utf8')).toBe(before);
    expect(readTrials(path)).toEqual([]);
  });
});
