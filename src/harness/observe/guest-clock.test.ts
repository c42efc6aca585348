import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GuestClock, type ClockReading } from './guest-clock.ts';

/** A guest that boots at `boot`, stands still in the pauses, and drifts by a share. */
function guestTimeAt(
  moment: number,
  boot: number,
  pauses: { from: number; to: number }[],
  drift = 0,
) {
  const stopped = pauses.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(moment, to) - from) * (moment > from ? 1 : 0),
    0,
  );
  return (moment - boot - stopped) * (1 + drift);
}

/** Readings every millisecond, with round trips as given, none while the guest stands still. */
function readings(
  pauses: { from: number; to: number }[],
  { boot = -3, until = 6, drift = 0, trip = (index: number) => 0.0003 + (index % 7) * 0.0001 } = {},
): ClockReading[] {
  const all: ClockReading[] = [];
  for (let index = 0; index < until * 1000; index++) {
    const sentAt = index / 1000;
    const round = trip(index);
    const answered = sentAt + round * 0.6;
    const at = sentAt + round;
    if (pauses.some(({ from, to }) => at >= from && sentAt <= to)) continue;
    all.push({ sentAt, at, guestTime: guestTimeAt(answered, boot, pauses, drift) });
  }
  return all;
}

describe("a guest's clock", () => {
  it('does not age while it stands still, however long that is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 2, noNaN: true }), (length) => {
        const pause = { from: 2, to: 2 + length };
        // The edges are known to 3 ms.
        const known = { from: 2.003, to: 2 + length - 0.003 };
        const clock = new GuestClock(readings([pause]), [known]);
        const step = clock.stepAround(2 + length / 2);
        expect(Math.abs((step?.value ?? 0) - length)).toBeLessThanOrEqual(
          (step?.error ?? 0) + 1e-9,
        );
        expect(step?.error).toBeLessThan(0.001);
      }),
      { numRuns: 20 },
    );
  });

  it('shows no step where the guest did not stop', () => {
    const quiet = { from: 2, to: 2.3 };
    const silent = readings([]).filter(({ at, sentAt }) => sentAt > quiet.to || at < quiet.from);
    const step = new GuestClock(silent, [quiet]).stepAround(2.1);
    expect(Math.abs(step?.value ?? 1)).toBeLessThanOrEqual(step?.error ?? 0);
  });

  it('does not take a drift for a step', () => {
    const pause = { from: 3, to: 3.1 };
    const clock = new GuestClock(readings([pause], { drift: 3e-4 }), [pause]);
    expect(clock.stepAround(3.05)?.value).toBeCloseTo(0.1, 3);
  });

  it('tells the step also where the first answers come long after the guest went on', () => {
    const pause = { from: 2, to: 2.1 };
    // Post-copy: until 2.9 the guest waits for its memory, then it answers all at once.
    const late = readings([pause]).map((reading) =>
      reading.sentAt > pause.to && reading.sentAt < 2.9
        ? {
            ...reading,
            at: 2.9 + reading.sentAt / 1e6,
            guestTime: guestTimeAt(2.8999, -3, [pause]),
          }
        : reading,
    );
    const step = new GuestClock(late, [pause]).stepAround(2.05);
    expect(step?.value).toBeCloseTo(0.1, 3);
    expect(step?.error).toBeLessThan(0.001);
  });

  it('maps moments of the guest to ours on both sides of every pause', () => {
    const pauses = [
      { from: 1, to: 1.2 },
      { from: 3, to: 3.5 },
    ];
    const clock = new GuestClock(readings(pauses), pauses);
    for (const moment of [0.5, 0.99, 1.21, 2, 2.99, 3.51, 5]) {
      expect(clock.toOurs(guestTimeAt(moment, -3, pauses))).toBeCloseTo(moment, 3);
    }
  });

  it('says nothing without readings', () => {
    const clock = new GuestClock([], [{ from: 1, to: 2 }]);
    expect(clock.toOurs(5)).toBeUndefined();
    expect(clock.stepAround(1.5)).toBeUndefined();
  });
});
