import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticRun } from '../synthetic-run.example.ts';

const quiet = {
  factors: { storage: ['local', 'shared'] },
  blocks: 10,
  seed: '7',
  jobs: ['randread'],
};
type Made = ReturnType<typeof syntheticRun>;

function warningsOf(change: (made: Made) => Partial<Made> = () => ({}), options = {}) {
  const made = syntheticRun({ ...quiet, ...options });
  const steady = made.samples.map((sample) =>
    sample.metric === 'guest-io.steady' ? { ...sample, value: 1 } : sample,
  );
  const { run, trials, samples } = {
    ...made,
    samples: steady,
    ...change({ ...made, samples: steady }),
  };
  return analyse({ run, trials, groups: groupSamples(samples) }).warnings;
}

it('has nothing to say of a run without faults', () => {
  expect(warningsOf()).toEqual([]);
});

it('counts jobs that were not steady, with their arms', () => {
  const change = ({ samples }: Made) => ({
    samples: samples.map((sample) =>
      sample.metric === 'guest-io.steady' && sample.trial < 3 ? { ...sample, value: 0 } : sample,
    ),
  });
  expect(warningsOf(change)).toEqual([
    expect.stringMatching(
      /^randread was not steady in 3 of 20 trials \(\d of 10 on local, \d of 10 on shared\)/,
    ),
  ]);
});

it('notices drift, through arms that differ', () => {
  expect(warningsOf(undefined, { drift: 0.2 }).join(' ')).toMatch(
    /Drift: .*guest creation \d+\.\d % up, throughput of all guests together \(randread\) \d+\.\d % down/,
  );
});

it('notices boundaries that two sources see apart', () => {
  const change = ({ samples }: Made) => ({
    samples: samples.map((sample) =>
      sample.metric === 'creation.boundary-difference' &&
      sample.phase === 'kernel' &&
      sample.trial === 4
        ? { ...sample, value: -0.034 }
        : sample,
    ),
  });
  expect(warningsOf(change)).toEqual([
    expect.stringContaining(
      'The end of the phase “kernel” differs from its independent stamp by more than 20.0 ms in 1 of 20 trials (at most 34.0 ms)',
    ),
  ]);
});

it('marks outliers', () => {
  const change = ({ samples }: Made) => ({
    samples: samples.map((sample) =>
      sample.metric === 'creation.total' && sample.trial === 5 ? { ...sample, value: 9 } : sample,
    ),
  });
  expect(warningsOf(change)).toEqual([
    'Far from the others of their arm, marked and not dropped: guest creation: trial 5.',
  ]);
});

it('names trials that did not converge with their arms, apart from those that failed', () => {
  const states = new Map([
    [3, 'not-converged'],
    [5, 'not-converged'],
    [8, 'failed'],
  ] as const);
  const change = ({ trials }: Made) => ({
    trials: trials.map((trial) => ({
      ...trial,
      state: states.get(trial.trial as 3) ?? trial.state,
    })),
  });
  const [failed, notConverged, ...rest] = warningsOf(change);
  expect(failed).toMatch(/^1 trial failed \(1 of 10 on (local|shared)\)\. It ranks as worse/);
  expect(notConverged).toMatch(
    /^2 trials did not converge \(\d of 10 on .*\): a result, not a fault/,
  );
  expect(rest.join(' ')).not.toContain('did not run');
});

it('names failed trials with their arms, and planned ones that did not run', () => {
  const change = ({ run, trials }: Made) => ({
    run: { ...run, planned: 30 },
    trials: trials.map((trial) =>
      trial.trial === 3 ? { ...trial, state: 'failed' as const } : trial,
    ),
  });
  const [failed, missing] = warningsOf(change);
  expect(failed).toMatch(
    /^1 trial failed \(1 of 10 on (local|shared)\)\. It ranks as worse than all others\.$/,
  );
  expect(missing).toMatch(/^10 of 30 planned trials did not run/);
});

it('names figures that completed trials lack', () => {
  const change = ({ samples }: Made) => ({
    samples: samples.filter(({ metric, trial }) => metric !== 'creation.total' || trial !== 6),
  });
  expect(warningsOf(change)).toEqual(['Completed trials without samples of: guest creation in 1.']);
  const occurs = ({ run, ...made }: Made) => {
    const metrics = structuredClone(run.metrics);
    for (const metric of Object.values(metrics)) metric.sometimes = true;
    return { ...change({ run, ...made }), run: { ...run, metrics } };
  };
  expect(warningsOf(occurs)).toEqual([]);
});

it('says what fewer than 6 trials mean', () => {
  expect(warningsOf(undefined, { blocks: 5 })[0]).toMatch(
    /^Some arms have as few as 5 trials: below 6/,
  );
});

it('gathers what the measurements noted, once each', () => {
  const change = ({ trials }: Made) => ({
    trials: trials.map((trial) =>
      trial.trial < 2
        ? { ...trial, warnings: ['the clock stepped', 'not steady: randread'] }
        : trial,
    ),
  });
  expect(warningsOf(change)).toEqual(['the clock stepped (trials 0, 1)']);
});

it('says of contaminated trials which were repeated and which stay', () => {
  const slow = { contaminated: 'the sentinel on shared took 3.1 times as long' };
  const change = ({ trials, samples }: Made) => {
    const again = { ...trials[3], trial: 20, repeats: 3 } as Made['trials'][number];
    const marked = trials.map((one) => ([3, 7].includes(one.trial) ? { ...one, ...slow } : one));
    const repeated = samples
      .filter(({ trial }) => trial === 3)
      .map((sample) => ({ ...sample, trial: 20, value: sample.value * 1.001 }));
    return { trials: [...marked, again], samples: [...samples, ...repeated] };
  };
  expect(warningsOf(change)).toEqual([
    '2 trials were contaminated by other load on the storage: 1 repeated, 1 kept and marked (trial 7: the sentinel on shared took 3.1 times as long).',
  ]);
});

it('passes on what was found of the storages, under the names that are shown', () => {
  const change = ({ run }: Made) => {
    const { local, shared } = run.environment.storages;
    const found = { ...shared, label: 'Lustre', warnings: ['OST0003 is inactive'] };
    const storages = { local, shared: found } as Made['run']['environment']['storages'];
    return { run: { ...run, environment: { ...run.environment, storages } } };
  };
  expect(warningsOf(change)).toEqual(['Storage shared (Lustre): OST0003 is inactive.']);
});
