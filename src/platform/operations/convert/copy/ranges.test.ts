import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aligned, bytesOf, joined, minus, type Range } from './ranges.ts';

const size = 200;
const ranges = fc.array(
  fc
    .tuple(fc.nat(size), fc.nat(size))
    .map(([a, b]) => ({ offset: Math.min(a, b), bytes: Math.abs(a - b) })),
  { maxLength: 12 },
);

/** Which bytes are in them. */
function marks(list: readonly Range[]): boolean[] {
  return Array.from({ length: size }, (_, at) =>
    list.some(({ offset, bytes }) => at >= offset && at < offset + bytes),
  );
}

it('joined ranges are in order, apart, and hold the same bytes', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const found = joined(list);
      expect(marks(found)).toEqual(marks(list));
      expect(bytesOf(found)).toBe(marks(list).filter(Boolean).length);
      found.slice(1).forEach(({ offset }, index) => {
        const before = found[index] ?? { offset: 0, bytes: 0 };
        expect(offset).toBeGreaterThan(before.offset + before.bytes);
      });
    }),
  );
});

it('what is left without others is exactly the rest', () => {
  fc.assert(
    fc.property(ranges, ranges, (some, others) => {
      const taken = marks(others);
      const expected = marks(some).map((held, at) => held && taken[at] === false);
      expect(marks(minus(some, others))).toEqual(expected);
    }),
  );
});

it('aligned ranges hold at least the same, and end with the disk', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const found = aligned(list, 16, size - 5);
      const held = marks(found);
      marks(list).forEach((taken, at) => {
        if (taken && at < size - 5) expect(held[at]).toBe(true);
      });
      for (const { offset, bytes } of found) {
        expect(offset % 16).toBe(0);
        expect((offset + bytes) % 16 === 0 || offset + bytes === size - 5).toBe(true);
      }
    }),
  );
});

it('small gaps are joined where asked', () => {
  const list = [
    { offset: 0, bytes: 10 },
    { offset: 14, bytes: 6 },
    { offset: 30, bytes: 1 },
  ];
  expect(joined(list, 4)).toEqual([
    { offset: 0, bytes: 20 },
    { offset: 30, bytes: 1 },
  ]);
});
