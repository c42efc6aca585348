import { expect, it } from 'vitest';
import { joined } from './joined.ts';
import { loadTrace } from './trace.ts';

/** Ten requests a second from `origin` on; every one is answered after 10 ms but those named. */
function load(origin: number, requests: number, unanswered: number[] = []) {
  const all = Array.from({ length: requests }, (_, sequence) => sequence);
  const head = { origin, rate: 10, timeout: 1, requests, complete: true };
  const response = (sequence: number) => {
    const sentAt = sequence * 1e8;
    const times = { sentAt, connectedAt: sentAt, firstByteAt: sentAt, completeAt: sentAt + 1e7 };
    return { sequence, target: 0, ...times, status: 200, instance: '' };
  };
  return loadTrace(
    {
      ...head,
      responses: all.filter((sequence) => !unanswered.includes(sequence)).map(response),
      failures: unanswered.map((sequence) => ({ sequence, target: 0, reason: 'timeout' })),
    },
    (epochSeconds) => epochSeconds,
    [{ name: 'http-load.txt', content: '' }],
  );
}

it('counts no request twice, and none that the second load has made', () => {
  // The first load goes on to ask the source, where nobody is any more.
  const first = load(100, 40, [25, 26, 27, 28, 29, 30, 31]);
  const second = load(102, 30, [3]);
  const both = joined(first, second);
  expect(both.requests.due).toHaveLength(20 + 30);
  expect([...both.requests.due]).toEqual([...both.requests.due].sort((a, b) => a - b));
  expect(both.lostWork({ from: 100, to: 105 }, 0.5)).toBeCloseTo(0.1);
  expect(both.latencyPercentile({ from: 100, to: 102 }, 99)).toBeCloseTo(0.01);
  expect(both.latencyPercentile({ from: 102, to: 103 }, 99)).toBe(Infinity);
  expect(both.raw.map(({ name }) => name)).toEqual(['http-load.txt', 'target-http-load.txt']);
});

it('is the first alone where the second never asked', () => {
  const first = load(100, 10);
  expect(joined(first, load(103, 0)).requests).toEqual(first.requests);
});
