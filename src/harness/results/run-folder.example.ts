import type { Run, Sample, Trial } from './schema.ts';

/** A run for tests. */
export const exampleRun: Run = {
  schema: 1,
  id: '2026-11-21-quickstart-41c7',
  scenario: { name: 'quickstart' },
  source: 'scenarios/quickstart.yaml',
  overrides: [],
  seed: '41c7',
  startedAt: '2026-11-21T00:00:00Z',
  factors: { storage: ['local', 'shared'] },
  arms: [{ storage: 'local' }, { storage: 'shared' }],
  environment: {
    virtgauge: '0.1.0',
    node: '20.19.0',
    machine: { cpu: 'a', cpus: 2, memory: 2 ** 30, distribution: 'Debian', kernel: '6.1' },
    versions: {},
    storages: {},
  },
  metrics: { 'noop.total': { title: 'Nothing', unit: 's', better: 'lower' } },
};

/** A trial for tests. */
export function exampleTrial(trial: number, state: Trial['state'] = 'completed'): Trial {
  return { trial, block: 0, arm: { storage: 'local' }, state, startedAt: trial, duration: 0.5 };
}

/** A sample for tests. */
export function exampleSample(trial: number, value = 1.5): Sample {
  return {
    metric: 'noop.total',
    value,
    unit: 's',
    arm: { storage: 'local' },
    trial,
    kind: 'measured',
    at: trial + 0.5,
  };
}
