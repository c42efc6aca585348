import { describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { parseLimits } from './limit.ts';

describe('limits of the command line', () => {
  it('are those of a scenario, written name=value, in one order', () => {
    const limits = parseLimits(['guest=2MB/s', ' aggregate = 95% ', 'p99=20ms']);
    expect(limits).toEqual([
      expect.objectContaining({ name: 'p99', percentile: 99, breaks: 'above', bound: 0.02 }),
      expect.objectContaining({ name: 'aggregate', breaks: 'below', bound: 0.95 }),
      expect.objectContaining({ name: 'guest', breaks: 'below', bound: 2e6, unit: 'B/s' }),
    ]);
    expect(limits.map(({ text }) => text)).toEqual([
      'p99 at most 20 ms',
      'at least 95 % of the rate asked',
      'at least 2 MB/s a guest',
    ]);
    expect(parseLimits(['p99=12.5ms', 'p50=10ms', 'p95=100ms']).map(({ text }) => text)).toEqual([
      'p50 at most 10 ms',
      'p95 at most 100 ms',
      'p99 at most 12.5 ms',
    ]);
    expect(parseLimits(['aggregate=0.9', 'guest=300/s'])).toMatchObject([
      { bound: 0.9 },
      { bound: 300, unit: '1/s' },
    ]);
  });

  it.each([
    ['p99', 'expected NAME=VALUE'],
    ['p98=20ms', 'expected one of p50'],
    ['p99=soon', 'expected a duration such as 20ms, got soon'],
    ['p99=', 'expected a duration such as 20ms'],
    ['aggregate=200%', 'expected a share such as 95% or 0.95, got 200%'],
    ['aggregate=x', 'expected a share'],
    ['guest=2', 'expected 2MB/s or 300/s, got 2'],
  ])('%s is none: %s', (text, message) => {
    expect(() => parseLimits([text])).toThrow(UserError);
    expect(() => parseLimits([text])).toThrow(message);
  });
});
