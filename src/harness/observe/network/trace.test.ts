import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturedProbe } from './captured.ts';
import type { ProbeRecording, RecordedAnswer } from './recording.ts';
import { probeSeries } from './series.ts';
import { networkTrace } from './trace.ts';

const rate = 1000;
const origin = 1_700_000_000;
/** Our clock is the host's, less this. */
const offset = 1_699_999_000;
const start = origin - offset;

const answer = (sequence: number, at: number, target = 0): RecordedAnswer => ({
  ...{ sequence, target, at: Math.round(at * 1e9), instance: '0123456789abcdef' },
  ...{ guestMonotonic: at * 1e9, guestWall: (origin + at) * 1e9 },
});

/** Requests that left on time, and these answers; times in seconds since the origin. */
function recording(
  requests: number,
  answers: readonly RecordedAnswer[],
  targets = 1,
): ProbeRecording {
  const left = Float64Array.from({ length: requests }, (_, i) => (i * 1e9) / rate);
  return {
    ...{ origin, rate, requests, answers: [...answers], dropped: 0, clockSteps: [] },
    ...{ complete: true, ports: Array.from({ length: targets }, (_, i) => 40_000 + i) },
    left: Array.from({ length: targets }, () => left),
  };
}

function trace(recording: ProbeRecording, captured?: CapturedProbe) {
  const fromWall = (epochSeconds: number) => epochSeconds - offset;
  return networkTrace({ recording, captured, fromWall, raw: [], warnings: [] });
}

const all = { from: 0, to: 1e9 };

describe('network trace', () => {
  it('has no gap where every request is answered in time', () => {
    const seen = trace(
      recording(
        1000,
        Array.from({ length: 1000 }, (_, i) => answer(i, i / 1000)),
      ),
    );
    expect(seen.gaps(all, 1.001 / rate)).toEqual([]);
    expect(seen.longest(all)).toBeCloseTo(0.001, 6);
  });

  it('has the gap from the last answer before to the first one after, also when all come late', () => {
    // From 0.2 to 0.5 nothing is answered; then all that was asked comes in a burst, out of order.
    const answers = Array.from({ length: 1000 }, (_, i) => {
      const outage = i > 200 && i < 500;
      return answer(i, outage ? 0.5 + (500 - i) * 1e-6 : i / 1000 + 0.0001);
    });
    const [gap, ...more] = trace(recording(1000, answers)).gaps(all, 0.01);
    expect(more).toEqual([]);
    expect(gap?.from).toBeCloseTo(start + 0.2001, 6);
    expect(gap?.to).toBeCloseTo(start + 0.500001, 6);
  });

  it('takes the first answer to a number, from whichever target, for the sign', () => {
    const both = [answer(0, 0.02, 1), answer(0, 0.01, 0), answer(0, 0.3, 0), answer(1, 0.011, 1)];
    const seen = trace(recording(2, both, 2));
    expect([...seen.answers.sequence]).toEqual([0, 1]);
    expect([...seen.answers.target]).toEqual([0, 1]);
    expect([...seen.requests.answeredAt].map((at) => at - start)).toEqual([
      expect.closeTo(0.01, 6),
      expect.closeTo(0.011, 6),
    ]);
    // The late copy is no sign that the service lives.
    expect(seen.watched.to - start).toBeCloseTo(0.011, 6);
  });

  it('does not depend on the order in which answers were read', () => {
    const answers = fc.array(
      fc
        .tuple(fc.nat({ max: 49 }), fc.nat({ max: 200 }), fc.nat({ max: 1 }))
        .map(([sequence, late, target]) => answer(sequence, (sequence + late) / 1000, target)),
    );
    fc.assert(
      fc.property(answers, fc.nat({ max: 60 }), (answers, milliseconds) => {
        const gaps = (order: readonly RecordedAnswer[]) =>
          trace(recording(50, order, 2)).gaps(all, milliseconds / 1000);
        expect(gaps([...answers].reverse())).toEqual(gaps(answers));
      }),
    );
  });

  it('is one gap where nothing was answered', () => {
    const seen = trace(recording(101, []));
    expect(seen.gaps(all, 0.01)).toEqual([seen.watched]);
    expect(seen.longest(all)).toBeCloseTo(0.1, 6);
  });

  it('knows a request that could not be sent', () => {
    const own = recording(2, [], 2);
    own.left = [Float64Array.of(NaN, 1e6), Float64Array.of(NaN, NaN)];
    expect([...trace(own).requests.sentAt]).toEqual([NaN, expect.closeTo(start + 0.001, 6)]);
  });
});

describe('captured stamps', () => {
  const captured = (
    answers: RecordedAnswer[],
    requests: [number, number][] = [],
  ): CapturedProbe => ({
    answers: answers.map((each) => ({ ...each, at: origin + each.at / 1e9 })),
    requests: [new Map(requests.map(([sequence, at]) => [sequence, origin + at]))],
  });

  it('go before those of the socket', () => {
    const seen = trace(
      recording(2, [answer(0, 0.5), answer(1, 0.6)]),
      captured([answer(0, 0.4), answer(1, 0.41)], [[0, 0.0003]]),
    );
    expect(seen.stamps).toBe('capture');
    expect([...seen.answers.at].map((at) => at - start)).toEqual([
      expect.closeTo(0.4, 6),
      expect.closeTo(0.41, 6),
    ]);
    expect(seen.requests.sentAt[0]).toBeCloseTo(start + 0.0003, 6);
    expect(seen.requests.sentAt[1]).toBeCloseTo(start + 0.001, 6);
    expect(seen.warnings).toEqual([]);
  });

  it('are no reason to forget what only the socket saw', () => {
    const seen = trace(recording(2, [answer(0, 0.1), answer(1, 0.2)]), captured([answer(1, 0.19)]));
    expect([...seen.answers.at].map((at) => at - start)).toEqual([
      expect.closeTo(0.1, 6),
      expect.closeTo(0.19, 6),
    ]);
  });

  it('show what the probe itself has lost', () => {
    const seen = trace(recording(2, [answer(0, 0.1)]), captured([answer(0, 0.1), answer(1, 0.2)]));
    expect([...seen.answers.sequence]).toEqual([0, 1]);
    expect(seen.warnings).toEqual(['network probe: 1 answers were captured that it never got']);
  });
});

it('warns of a recording that cannot be trusted', () => {
  const own = { ...recording(1, []), complete: false, dropped: 3, clockSteps: [-0.5] };
  expect(trace(own).warnings).toEqual([
    'network probe: it ended early, its last records are missing',
    'network probe: 3 answers came and were lost on its host',
    "network probe: its host's wall clock was set meanwhile: -500.0 ms",
  ]);
});

describe('series', () => {
  it('counts every request of the window once, by when it was due', () => {
    const moment = fc.nat({ max: 120 }).map((milliseconds) => start + milliseconds / 1000);
    const answers = fc.uniqueArray(fc.nat({ max: 99 }));
    fc.assert(
      fc.property(
        answers,
        moment,
        moment,
        fc.integer({ min: 1, max: 50 }),
        (sequences, a, b, bin) => {
          const window = { from: Math.min(a, b), to: Math.max(a, b) };
          const seen = trace(
            recording(
              100,
              sequences.map((i) => answer(i, (i + i) / 1000)),
            ),
          );
          const bins = probeSeries(seen, window, bin / 1000);
          const due = [...seen.requests.due.keys()].filter((i) => {
            const at = seen.requests.due[i] ?? NaN;
            return at >= window.from && at < window.to;
          });
          const answered = due.filter((i) => sequences.includes(i));
          const sum = (key: 'answered' | 'unanswered') =>
            bins.reduce((total, each) => total + each[key], 0);
          expect(sum('answered')).toBe(answered.length);
          expect(sum('unanswered')).toBe(due.length - answered.length);
          const worst = Math.max(...bins.map((each) => each.worst ?? 0), 0);
          expect(worst).toBeCloseTo(Math.max(...answered, 0) / 1000, 6);
        },
      ),
    );
  });

  it('counts latency from when a request was due, and has none where none was answered', () => {
    const seen = trace(recording(20, [answer(0, 0.15), answer(1, 0.002)]));
    const from = start - 0.0005;
    expect(probeSeries(seen, { from, to: from + 0.02 }, 0.01)).toEqual([
      { at: from, worst: expect.closeTo(0.15, 6) as number, answered: 2, unanswered: 8 },
      { at: from + 0.01, answered: 0, unanswered: 10 },
    ]);
  });
});
