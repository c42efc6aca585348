import { expect, it } from 'vitest';
import { within } from './goal.ts';

it.each([
  [{ low: 10, high: 50 }, { high: 50 }, 'met'],
  [{ low: 50.1, high: 80 }, { high: 50 }, 'short'],
  [{ low: 40, high: 60 }, { high: 50 }, 'inconclusive'],
  [{ low: -20, high: -5 }, { high: 50 }, 'met'],
  [{ low: 0.98, high: 1.03 }, { low: 0.97, high: 1.03 }, 'met'],
  [{ low: 0.96, high: 1 }, { low: 0.97, high: 1.03 }, 'inconclusive'],
  [{ low: 0.9, high: 1.1 }, { low: 0.97, high: 1.03 }, 'inconclusive'],
  [{ low: 0.9, high: 0.96 }, { low: 0.97, high: 1.03 }, 'short'],
  [{ low: 1.04, high: 1.1 }, { low: 0.97, high: 1.03 }, 'short'],
] as const)('an interval of %o against %o is %s', (interval, bounds, outcome) => {
  expect(within(interval, bounds)).toBe(outcome);
});

it('shows nothing without an interval', () => {
  expect(within(undefined, { high: 1e9 })).toBe('inconclusive');
});
