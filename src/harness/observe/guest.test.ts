import { expect, it } from 'vitest';
import { GuestClock, type ClockReading } from './guest-clock.ts';
import { guestTrace } from './guest.ts';

const pause = { from: 2, to: 2.3 };

/** Answers every millisecond but in the pause, over which the guest's clock loses `lost` seconds. */
function readings(lost: number, trip = 0.0004): ClockReading[] {
  return Array.from({ length: 4000 }, (_, index) => index / 1000)
    .filter((sentAt) => sentAt + trip < pause.from || sentAt > pause.to)
    .map((sentAt) => ({
      ...{ sentAt, at: sentAt + trip },
      guestTime: sentAt + trip / 2 + 7 - (sentAt > pause.to ? lost : 0),
    }));
}

it('shows how long the guest stood still', () => {
  const trace = guestTrace(new GuestClock(readings(0.3), [pause]), [pause]);
  expect(trace.longest({ from: 1, to: 3 })).toBeCloseTo(0.3, 3);
  expect(trace.resolution).toBeCloseTo(0.0004, 4);
  expect(trace.warnings).toEqual([]);
});

it('says 0 and why where the clock went on', () => {
  const trace = guestTrace(new GuestClock(readings(0), [pause]), [pause]);
  expect(trace.longest({ from: 1, to: 3 })).toBe(0);
  expect(trace.warnings).toEqual([expect.stringContaining('it went on')]);
});

it('says how little it knows where answers take long', () => {
  const trace = guestTrace(new GuestClock(readings(0.3, 0.2), [pause]), [pause]);
  expect(trace.longest({ from: 1, to: 3 })).toBeCloseTo(0.3, 1);
  expect(trace.warnings).toEqual([expect.stringMatching(/only to ± \d+ ms/)]);
});

it('says why it shows nothing where nobody answered', () => {
  const before = readings(0.3).filter(({ at }) => at < pause.from);
  const trace = guestTrace(new GuestClock(before, [pause]), [pause]);
  expect(trace.longest({ from: 1, to: 3 })).toBe(0);
  expect(trace.warnings).toEqual([expect.stringContaining('no answers on one side')]);
});
