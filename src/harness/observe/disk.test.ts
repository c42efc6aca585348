import { expect, it } from 'vitest';
import { diskTrace, parseWitnessLog } from './disk.ts';
import { GuestClock } from './guest-clock.ts';

it('reads the ring of the witness in the order of the writes', () => {
  const entries = [
    [5n, 5_002_500_000n],
    [0n, 9n],
    [3n, 3_000_000_000n],
    [4n, 4_000_000_000n],
  ];
  const log = Buffer.alloc(entries.length * 16 + 7);
  for (const [index, [number = 0n, nanoseconds = 0n]] of entries.entries()) {
    log.writeBigUInt64LE(number, index * 16);
    log.writeBigUInt64LE(nanoseconds, index * 16 + 8);
  }
  expect(parseWitnessLog(log)).toEqual([
    { number: 3, guestTime: 3 },
    { number: 4, guestTime: 4 },
    { number: 5, guestTime: 5.0025 },
  ]);
  expect(parseWitnessLog(Buffer.alloc(0))).toEqual([]);
});

it('sees a pause of the guest that the guest itself does not see', () => {
  // The guest stands still from 2 to 2.4 on our clock, and boots at 0.
  const pause = { from: 2, to: 2.4 };
  const ours = Array.from({ length: 4000 }, (_, index) => index / 1000).filter(
    (at) => at < pause.from || at > pause.to,
  );
  const inside = (at: number) => (at > pause.to ? at - 0.4 : at);
  const readings = ours.map((at) => ({
    sentAt: at - 0.0002,
    at: at + 0.0002,
    guestTime: inside(at),
  }));
  const clock = new GuestClock(readings, [pause]);
  const writes = ours
    .filter((_, index) => index % 5 === 0)
    .map((at, index) => ({ number: index + 1, guestTime: inside(at) }));
  const gapOfGuest = Math.max(
    ...writes.slice(1).map(({ guestTime }, i) => guestTime - (writes[i]?.guestTime ?? 0)),
  );
  expect(gapOfGuest).toBeLessThan(0.02);

  const trace = diskTrace(writes, clock, { from: 0, to: 4 });
  expect(trace.longest({ from: 1.5, to: 3 })).toBeCloseTo(0.4, 1);
  expect(trace.longest({ from: 2.6, to: 3.5 })).toBeCloseTo(0.005, 3);
  expect(trace.gaps({ from: 1, to: 3 }, 0.1)).toHaveLength(1);
  expect(trace.resolution).toBeCloseTo(0.005, 3);
});
