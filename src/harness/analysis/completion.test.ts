import { expect, it } from 'vitest';
import { completionOf, completionText } from './completion.ts';
import { syntheticMigration } from './migration/synthetic-migration.example.ts';

it('counts how the trials of each arm ended', () => {
  const { run, trials } = syntheticMigration({
    factors: {},
    blocks: 6,
    notConverged: [1, 2],
    failed: [4],
  });
  const skipped = trials.map((one) =>
    one.trial === 5 ? { ...one, state: 'skipped' as const } : one,
  );
  expect(completionOf(run, skipped)).toEqual([{ n: 5, completed: 2, notConverged: 2, failed: 1 }]);
});

it.each([
  [{ n: 6, completed: 6, notConverged: 0, failed: 0 }, ''],
  [{ n: 6, completed: 4, notConverged: 2, failed: 0 }, 'converged in 4 of 6 trials'],
  [{ n: 6, completed: 3, notConverged: 2, failed: 1 }, 'converged in 3 of 6 trials, 1 failed'],
  [{ n: 1, completed: 0, notConverged: 1, failed: 0 }, 'converged in 0 of 1 trial'],
  [{ n: 6, completed: 5, notConverged: 0, failed: 1 }, 'completed in 5 of 6 trials'],
])('says of %j “%s”', (completion, text) => {
  expect(completionText(completion)).toBe(text);
});
