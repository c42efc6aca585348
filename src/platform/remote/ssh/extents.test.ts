import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { extentsOf } from './extents.ts';

const folder = mkdtempSync(join(tmpdir(), 'virtgauge-extents-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mebibyte = 2 ** 20;

it('prop_TheExtentsAreTheFileWithoutItsEmptyBlocks', async () => {
  const piece = fc.record({
    offset: fc.integer({ min: 0, max: 20 * mebibyte }),
    length: fc.integer({ min: 1, max: 2 * mebibyte }),
  });
  const pieces = fc.array(piece, { maxLength: 5 });
  const tail = fc.integer({ min: 0, max: 300_000 });
  await fc.assert(
    fc.asyncProperty(pieces, tail, async (all, rest) => {
      const size = Math.max(0, ...all.map(({ offset, length }) => offset + length)) + rest;
      const whole = Buffer.alloc(size);
      for (const { offset, length } of all) whole.fill('x', offset, offset + length);
      const file = await open(join(folder, 'file'), 'w+');
      await file.write(whole, 0, size, 0);
      const copy = Buffer.alloc(size);
      let [bytes, end] = [0, 0];
      for await (const { offset, data } of extentsOf(file)) {
        expect(offset).toBeGreaterThanOrEqual(end);
        expect(data.length).toBeLessThanOrEqual(8 * mebibyte);
        data.copy(copy, offset);
        [bytes, end] = [bytes + data.length, offset + data.length];
      }
      await file.close();
      expect(copy.equals(whole)).toBe(true);
      const written = all.reduce((sum, { length }) => sum + length, 0);
      expect(bytes).toBeLessThanOrEqual(written + all.length * 2 * 128 * 1024);
    }),
    { numRuns: 15 },
  );
});
