import { expect, it } from 'vitest';
import { budgetOf, jobBudget } from './job-budget.ts';

it.each([
  [86_400, 86_280],
  [600, 540],
  [120, 90],
  [10, -20],
])('of %s s left a run may take %s s', (left, budget) => {
  expect(budgetOf(left)).toBe(budget);
});

it('is none for hosts that are no nodes of a job', async () => {
  const said: string[] = [];
  expect(await jobBudget(undefined, (line) => said.push(line))).toBeUndefined();
  expect(await jobBudget({ file: 'x', hosts: [] }, (line) => said.push(line))).toBeUndefined();
  expect(said).toEqual([]);
});
