import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Header } from './header.ts';

it('prop_GivesEveryByteBehindTheHeaderHoweverItIsCut', () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(bytes, bytes, fc.integer({ min: 1, max: 9 }), (noise, payload, step) => {
      const whole = Buffer.concat([noise, Buffer.from('\nmark 123\n'), payload]);
      const header = new Header(/mark (\d+)\n/);
      const pieces: Buffer[] = [];
      for (let at = 0; at < whole.length; at += step) {
        pieces.push(header.feed(whole.subarray(at, at + step)));
      }
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(payload));
      expect(header.found).toBe('123');
    }),
  );
});

it('forgets endless noise, and still finds the header', () => {
  const header = new Header(/mark (\d+)\n/);
  for (let i = 0; i < 100; i += 1) header.feed(Buffer.alloc(10_000, 'x'));
  expect(header.found).toBeUndefined();
  expect(header.feed(Buffer.from('mark 7\nrest')).toString()).toBe('rest');
});
