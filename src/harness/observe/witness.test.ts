import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkArguments, checked, witnessSize } from './witness.ts';

it('has room for every write of the time asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 600 }), (r, s) => {
      const { bytes, logEntries } = witnessSize(r, s);
      expect(bytes % 2 ** 20).toBe(0);
      expect(bytes / 4096).toBeGreaterThanOrEqual(r * s);
      expect(logEntries).toBe(bytes / 4096);
    }),
  );
});

it('asks for its own records up to the last that was acknowledged', () => {
  const findings = { instance: '00ff00ff00ff00ff', acknowledged: 7 };
  expect(checkArguments(findings, 4096).join(' ')).toBe(
    'witness-check --instance 00ff00ff00ff00ff --acknowledged 7 --bytes 4096',
  );
  expect(checked('{"missingAcknowledgedCount":2}')).toMatchObject({ missing: 2 });
});
