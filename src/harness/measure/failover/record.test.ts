import { expect, it } from 'vitest';
import { NotConverged } from '../measurement.ts';
import { recordFailover, type Seen } from './record.ts';

/** Answers every tenth of a second from 0 to 10 s and from `back` to 40 s. */
function seenWith(back: number): Seen {
  const all = Array.from({ length: 401 }, (_, index) => index / 10);
  const answeredAt = Float64Array.from(all, (at) => (at <= 10 || at >= back ? at : NaN));
  return {
    ...{ control: { from: 5, to: 10.03 }, gone: 10.05, to: 40.05 },
    course: { suspect: 14, fenced: 17, decided: 18, started: 18.5 },
    load: {
      requests: { due: Float64Array.from(all), firstByteAt: answeredAt, answeredAt },
      watched: { from: 0, to: 40 },
      warnings: [],
    },
  };
}

function recorded(seen: Seen) {
  const samples: [string, string | undefined, number][] = [];
  const run = () =>
    recordFailover(
      {
        record: (metric, value, reading) =>
          samples.push([metric, reading?.phase, Math.round(value * 100) / 100]),
        event: () => undefined,
        warn: () => undefined,
      },
      seen,
    );
  return { run, samples };
}

it('gives the outage that the loss made, and its parts', () => {
  const { run, samples } = recorded(seenWith(30));
  run();
  expect(samples).toEqual([
    ['failover.floor', undefined, 0.1],
    ['failover.downtime', undefined, 20],
    ['failover.phase', 'silence', 4],
    ['failover.phase', 'fencing', 3],
    ['failover.phase', 'decision', 1],
    ['failover.phase', 'start', 0.5],
    ['failover.phase', 'boot', 11.5],
  ]);
});

it('does not converge where the service does not come back', () => {
  const { run, samples } = recorded(seenWith(50));
  expect(run).toThrow(NotConverged);
  expect(samples.map(([metric]) => metric)).toEqual(['failover.floor']);
});
