import { expect, it } from 'vitest';
import { monotonicClock } from '../../../base/clock.ts';
import type { Reading, TrialScope } from '../measurement.ts';
import { wire } from './wire.ts';

it.each(['plain', 'both'] as const)(
  'records latency and rate, protection %s',
  async (protection) => {
    const found: [metric: string, value: number, reading?: Reading][] = [];
    await wire.run({
      levels: { protection },
      scenario: { measure: { wire: { duration: 0.05, warmUp: 0.01, size: 1300 } } },
      clock: monotonicClock,
      signal: AbortSignal.timeout(60_000),
      record: (...sample: (typeof found)[number]) => void found.push(sample),
    } as unknown as TrialScope);
    const values = new Map(
      found.map(([metric, value, reading]) => [`${metric} ${reading?.percentile ?? ''}`, value]),
    );
    expect([...values.keys()]).toEqual([
      ...['wire.begin ', 'wire.latency 50', 'wire.latency 99', 'wire.rate '],
    ]);
    for (const value of values.values()) expect(value).toBeGreaterThan(0);
    expect(values.get('wire.latency 99')).toBeGreaterThanOrEqual(
      values.get('wire.latency 50') ?? 0,
    );
  },
);
