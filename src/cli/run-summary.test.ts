import { expect, it } from 'vitest';
import { syntheticMigration } from '../harness/analysis/migration/synthetic-migration.example.ts';
import type { RunResult } from '../harness/runner/run.ts';
import { runSummary } from './run-summary.ts';

const { run, trials } = syntheticMigration({
  factors: { method: ['pre-copy', 'post-copy'] },
  notConverged: [0, 3],
  failed: [5],
});
const result: RunResult = { run, trials, ended: 'complete' };

it('tells for each arm in how many trials it converged', () => {
  const lines = runSummary(result, 'results/x', undefined, false).split('\n');
  expect(lines[0]).toMatch(/^12 trials, 9 completed, 2 not converged, 1 failed, /);
  const arms = lines.filter((line) => line.startsWith('converged in '));
  expect(arms.length).toBeGreaterThan(0);
  for (const line of arms) {
    expect(line).toMatch(/^converged in [3-5] of 6 trials(, 1 failed)? with (pre|post)-copy$/);
  }
});

it('says that the write budget ended it, and how to go on', () => {
  const writes = { limit: 50 * 2 ** 30, templates: 2 ** 30, trials: 48 * 2 ** 30, ended: true };
  const ended: RunResult = { run: { ...run, planned: 24, writes }, trials, ended: 'write-budget' };
  expect(runSummary(ended, 'results/x', undefined, false).split('\n')[1]).toBe(
    'the write budget of 50 GiB ended it after 12 of 24 trials: 49 GiB were written to storages, another trial would pass it; to go on: virtgauge resume results/x --write-budget <more bytes>',
  );
});

it('counts them apart in JSON', () => {
  const json = JSON.parse(runSummary(result, 'results/x', undefined, true)) as unknown;
  expect(json).toMatchObject({ completed: 9, notConverged: 2, failed: 1 });
});

it('labels the sentences of the answer: emulated, stand-in', () => {
  const report = { page: 'x/index.html', answer: ['A.', 'B.'], labels: ['emulated (TCG)', 'n/a'] };
  const lines = runSummary(result, 'results/x', report, false).split('\n');
  expect(lines.slice(-4, -1)).toEqual(['A.', 'B.', 'labels  emulated (TCG) · n/a']);
  expect(runSummary(result, 'x', { ...report, labels: [] }, false)).not.toContain('labels');
});
