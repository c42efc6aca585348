import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLoad } from './recording.ts';

const recorded = `vg-http 1 origin=1795242461080251056 rate=100 timeout=5000000000
r 0 0 55040 892352 967163 970448 200 1c464bff93a57f5d
r 1 1 10032435 10109850 10152173 10153815 503 -
f 2 0 20030000 5020000000 timeout
end 4
`;

it('reads what the load wrote', () => {
  expect(parseLoad(recorded)).toEqual({
    ...{ rate: 100, timeout: 5, requests: 4, complete: true },
    origin: expect.closeTo(1795242461.080251056, 6) as number,
    responses: [
      {
        ...{ sequence: 0, target: 0, sentAt: 55040, connectedAt: 892352, firstByteAt: 967163 },
        ...{ completeAt: 970448, status: 200, instance: '1c464bff93a57f5d' },
      },
      {
        ...{ sequence: 1, target: 1, sentAt: 10032435, connectedAt: 10109850 },
        ...{ firstByteAt: 10152173, completeAt: 10153815, status: 503, instance: '-' },
      },
    ],
    failures: [{ sequence: 2, target: 0, reason: 'timeout' }],
  });
});

it('reads whole lines of a recording that was cut anywhere', () => {
  const whole = parseLoad(recorded);
  const head = recorded.indexOf('\n') + 1;
  fc.assert(
    fc.property(fc.integer({ min: head, max: recorded.length - 1 }), (length) => {
      const part = parseLoad(recorded.slice(0, length));
      expect(part.complete).toBe(false);
      expect(whole.responses).toEqual(expect.arrayContaining(part.responses));
      expect(whole.failures).toEqual(expect.arrayContaining(part.failures));
    }),
  );
});

it.each(['', 'vg-http 1 origin=1', 'sh: vg-host: not found\n'])('refuses %j', (text) => {
  expect(() => parseLoad(text)).toThrow('expected a recording of vg-host http');
});
