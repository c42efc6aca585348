import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dueNanoseconds, expectSteadyClock, parseProbe } from './recording.ts';

/** As vg-host wrote it, some lines left out. */
const recorded = `vg-probe 1 origin=1795242461077692218 rate=1000 realtime=1 ports=43421,59189
s 0 0 29422
s 0 1 58365
d 0 0 46778
e 1 0 101
s 1 1 7000
a 0 0 120000 1c464bff93a57f5d 16553988678123 1795242461077812000
w 12345 -2500000
s 2 0 1500000
s 2 1 1600000
end 3 1 4
`;

it('reads what the probe wrote', () => {
  expect(parseProbe(recorded)).toEqual({
    origin: 1795242461.077692218,
    rate: 1000,
    ports: [43421, 59189],
    requests: 3,
    left: [Float64Array.of(46778, NaN, 3_500_000), Float64Array.of(58365, 1_007_000, 3_600_000)],
    answers: [
      {
        sequence: 0,
        target: 0,
        at: 120_000,
        instance: '1c464bff93a57f5d',
        guestMonotonic: 16553988678123,
        guestWall: 1795242461077812000,
      },
    ],
    dropped: 4,
    clockSteps: [-0.0025],
    complete: true,
  });
});

it('reads whole lines of a recording that was cut anywhere', () => {
  const whole = parseProbe(recorded);
  const head = recorded.indexOf('\n') + 1;
  fc.assert(
    fc.property(fc.integer({ min: head, max: recorded.length - 1 }), (length) => {
      const part = parseProbe(recorded.slice(0, length));
      expect(part.complete).toBe(false);
      expect(part.requests).toBeLessThanOrEqual(whole.requests);
      expect(whole.answers).toEqual(expect.arrayContaining(part.answers));
      for (const times of part.left) expect(times).toHaveLength(part.requests);
    }),
  );
});

it.each(['', 'vg-probe 2 origin=1 rate=1\n', 'sh: vg-host: not found\n'])('refuses %j', (text) => {
  expect(() => parseProbe(text)).toThrow('expected a recording of vg-host probe');
});

it('has each request due by the rate, however many there were', () => {
  const rates = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(rates, fc.nat({ max: 10_000_000 }), (rate, sequence) => {
      const exact = (BigInt(sequence) * 1_000_000_000n) / BigInt(rate);
      expect(Math.abs(dueNanoseconds(sequence, rate) - Number(exact))).toBeLessThanOrEqual(1);
    }),
  );
});

it('says nothing where the clock of its host was set meanwhile', () => {
  expect(() => expectSteadyClock('h1', { clockSteps: [0.001, -0.002] })).not.toThrow();
  expect(() => expectSteadyClock('h1', { clockSteps: [5.2, -0.2] })).toThrow(
    'the wall clock of h1 was set meanwhile, by 5.000 s',
  );
});
