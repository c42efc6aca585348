import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadRecording, RecordedResponse } from './recording.ts';
import { loadTrace } from './trace.ts';

const rate = 100;
const origin = 1_700_000_000;
const offset = 1_699_999_000;
const start = origin - offset;

/** An answer that took `latency` seconds from when its request was due. */
function response(sequence: number, latency: number, status = 200, target = 0): RecordedResponse {
  const due = (sequence * 1e9) / rate;
  const at = due + latency * 1e9;
  return {
    ...{ sequence, target, status, instance: '0123456789abcdef' },
    ...{ sentAt: due, connectedAt: due, firstByteAt: due + (latency * 1e9) / 2, completeAt: at },
  };
}

function trace(requests: number, responses: RecordedResponse[], more: Partial<LoadRecording> = {}) {
  return loadTrace(
    {
      ...{ origin, rate, timeout: 5, requests, responses, failures: [], complete: true },
      ...more,
    },
    (epochSeconds) => epochSeconds - offset,
  );
}

const half = 0.5 / rate;
/** All requests from number `from` to before `to`. */
const window = (from: number, to: number) => ({
  from: start + from / rate - half,
  to: start + to / rate - half,
});

describe('latency percentile', () => {
  it('is that of the requests due in the window, by nearest rank', () => {
    const seen = trace(
      100,
      Array.from({ length: 100 }, (_, i) => response(i, (i + 1) / 1000)),
    );
    expect(seen.latencyPercentile(window(0, 100), 50)).toBeCloseTo(0.05, 6);
    expect(seen.latencyPercentile(window(0, 100), 99)).toBeCloseTo(0.099, 6);
    expect(seen.latencyPercentile(window(0, 100), 100)).toBeCloseTo(0.1, 6);
    expect(seen.latencyPercentile(window(10, 20), 50)).toBeCloseTo(0.015, 6);
  });

  it('is infinite where so many had no answer', () => {
    const seen = trace(
      100,
      Array.from({ length: 98 }, (_, i) => response(i, 0.001)),
    );
    expect(seen.latencyPercentile(window(0, 100), 98)).toBeCloseTo(0.001, 6);
    expect(seen.latencyPercentile(window(0, 100), 99)).toBe(Infinity);
  });

  it('is no number where no request was due', () => {
    expect(trace(10, []).latencyPercentile(window(10, 20), 50)).toBeNaN();
  });
});

describe('lost work', () => {
  it('is the requests without an answer in time, divided by the rate', () => {
    const answered = [
      ...Array.from({ length: 20 }, (_, i) => response(i, 0.001)),
      // In 10 of 30 the answer took longer than the limit, 20 got none.
      ...Array.from({ length: 10 }, (_, i) => response(40 + i, 0.2)),
    ];
    const seen = trace(50, answered);
    expect(seen.lostWork(window(0, 50), 0.1)).toBeCloseTo(0.3, 9);
    expect(seen.lostWork(window(0, 50), 1)).toBeCloseTo(0.2, 9);
    expect(seen.lostWork(window(0, 20), 0.1)).toBe(0);
  });

  it('never grows with the limit, and adds up over windows', () => {
    const answers = fc.uniqueArray(
      fc.record({ sequence: fc.nat({ max: 59 }), milliseconds: fc.nat({ max: 500 }) }),
      { selector: ({ sequence }) => sequence },
    );
    const limit = fc.nat({ max: 600 }).map((milliseconds) => milliseconds / 1000);
    fc.assert(
      fc.property(answers, limit, limit, fc.nat({ max: 60 }), (answers, a, b, cut) => {
        const seen = trace(
          60,
          answers.map(({ sequence, milliseconds }) => response(sequence, milliseconds / 1000)),
        );
        const all = window(0, 60);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(seen.lostWork(all, high)).toBeLessThanOrEqual(seen.lostWork(all, low));
        expect(seen.lostWork(window(0, cut), a) + seen.lostWork(window(cut, 60), a)).toBeCloseTo(
          seen.lostWork(all, a),
          9,
        );
      }),
    );
  });
});

describe('an answer', () => {
  it('is the first good one, from whichever target', () => {
    const seen = trace(3, [
      response(0, 0.3, 200, 1),
      response(0, 0.1, 200, 0),
      response(1, 0.1, 503),
      response(1, 0.2, 200, 1),
      response(2, 0.1, 404),
    ]);
    expect([...seen.requests.answeredAt].map((at, i) => at - start - i / rate)).toEqual([
      expect.closeTo(0.1, 6),
      expect.closeTo(0.2, 6),
      NaN,
    ]);
    expect(seen.requests.firstByteAt[0]).toBeCloseTo(start + 0.05, 6);
    expect(seen.failures).toEqual(
      new Map([
        ['status 503', 1],
        ['status 404', 1],
      ]),
    );
  });
});

it('warns of what was its own fault', () => {
  const failures = ['timeout', 'EMFILE', 'EMFILE', 'ECONNREFUSED'].map((reason, sequence) => ({
    ...{ sequence, target: 0, reason },
  }));
  expect(trace(4, [], { failures, complete: false }).warnings).toEqual([
    'HTTP load: it ended early, its last records are missing',
    'HTTP load: its own host failed 2 times: EMFILE',
  ]);
});
