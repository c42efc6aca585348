import { expect, it } from 'vitest';
import { runId } from './run-id.ts';

it('names the day in UTC, the scenario and the seed', () => {
  const startedAt = new Date('2026-11-21T23:30:00-05:00');
  expect(runId({ startedAt, name: 'quickstart', seed: '41c7' })).toBe('2026-11-22-quickstart-41c7');
});

it('takes the first four digits of a long seed and all of a short one', () => {
  const startedAt = new Date('2026-11-21T00:00:00Z');
  expect(runId({ startedAt, name: 'a', seed: '0123456789abcdef' })).toBe('2026-11-21-a-0123');
  expect(runId({ startedAt, name: 'a', seed: '7' })).toBe('2026-11-21-a-7');
});
