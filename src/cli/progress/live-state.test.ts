import { expect, it } from 'vitest';
import type { Sample, Trial } from '../../harness/results/schema.ts';
import { LiveState } from './live-state.ts';

const arm = { storage: 'local', guests: 2 };
const sample = (value: number, guest: number): Sample => ({
  ...{ metric: 'creation.total', unit: 's', kind: 'measured', trial: 0, at: 0 },
  ...{ arm, value, guest },
});
const trial: Trial = {
  ...{ trial: 0, block: 0, arm, state: 'completed', startedAt: 0, duration: 5 },
};

it('shows how far it is, what is happening, and what has been seen', () => {
  let now = 100;
  const state = new LiveState('quickstart', '41c7', () => now);
  state.take({ type: 'preparing', step: 'storages' });
  expect(state.lines(200)).toEqual([
    ' quickstart   0:00 elapsed   seed 41c7',
    ' now        storages',
  ]);
  state.take({ type: 'planned', trials: 4, done: 1 });
  state.take({ type: 'trial-started', trial: 1, arm });
  state.take({ type: 'boundary', trial: 1, guest: 1, boundary: 'kernel' });
  state.take({ type: 'trial-ended', trial, samples: [sample(3.4, 0), sample(3.6, 1)] });
  now += 5;
  expect(state.lines(200)).toEqual([
    ' quickstart   2/4 ███████████···········  0:05 elapsed, 0:10 to go   seed 41c7',
    ' now        local · 2 guests   guest 1 kernel',
    ' so far     creation.total   local · 2 guests 3.60 s (n = 1)',
  ]);
});

it('shows every trial that is under way', () => {
  const state = new LiveState('quickstart', '41c7', () => 0);
  state.take({ type: 'planned', trials: 9, done: 0 });
  state.take({ type: 'trial-started', trial: 0, arm });
  state.take({ type: 'trial-started', trial: 1, arm: { ...arm, guests: 1 } });
  state.take({ type: 'boundary', trial: 0, guest: 1, boundary: 'init' });
  expect(state.lines(200).slice(1)).toEqual([
    ' now        local · 2 guests   guest 1 init',
    '            local · 1 guest',
  ]);
  state.take({ type: 'trial-ended', trial, samples: [] });
  expect(state.lines(200)[0]).toContain('0:20 to go');
  expect(state.lines(200).slice(1)).toEqual([' now        local · 1 guest']);
});

it('counts failures and tells the last one, cut to the width of the terminal', () => {
  const state = new LiveState('quickstart', '41c7', () => 0);
  const reason = { message: 'guest 0 did not answer\nwithin 60 s' };
  state.take({ type: 'trial-ended', trial: { ...trial, state: 'failed', reason }, samples: [] });
  expect(state.lines(200).at(-1)).toBe(' ! 1 failed   trial 0: guest 0 did not answer within 60 s');
  expect(state.lines(20).every((line) => line.length <= 20)).toBe(true);
});

it('counts trials that did not converge apart, and follows the downtime of the service', () => {
  const state = new LiveState('migration-basics', '41c7', () => 0);
  const seen = (observer: string, value: number): Sample => ({
    ...{ metric: 'migration.downtime', unit: 's', kind: 'measured', trial: 0, at: 0 },
    ...{ arm: { method: 'post-copy' }, observer, value },
  });
  const samples = [seen('disk', 2), seen('hypervisor-reported', 0.008), seen('network', 1.12)];
  state.take({ type: 'trial-ended', trial, samples });
  const reason = { message: 'not switched over within 30 s' };
  state.take({
    type: 'trial-ended',
    trial: { ...trial, state: 'not-converged', reason },
    samples: [],
  });
  expect(state.lines(200).slice(2)).toEqual([
    ' so far     migration.downtime   post-copy 1.12 s (n = 1)',
    ' ! 1 not converged   trial 0: not switched over within 30 s',
  ]);
  state.take({ type: 'trial-ended', trial: { ...trial, state: 'failed', reason }, samples: [] });
  expect(state.lines(200).at(-1)).toContain(' ! 1 failed, 1 not converged ');
});
