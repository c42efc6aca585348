import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { bytesOf } from '../copy/ranges.ts';
import { compareSums, piecesOf, sumsOf } from './sums.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-sums-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('pieces hold all ranges, in order, each of them full but the last', () => {
  const ranges = fc.array(fc.nat(50), { maxLength: 10 }).map((sizes) => {
    let offset = 0;
    return sizes.map((bytes) => ({ offset: (offset += bytes + 1) - bytes, bytes }));
  });
  fc.assert(
    fc.property(ranges, fc.integer({ min: 1, max: 60 }), (list, size) => {
      const pieces = piecesOf(list, size);
      expect(bytesOf(pieces.flat())).toBe(bytesOf(list));
      for (const piece of pieces.slice(0, -1)) expect(bytesOf(piece)).toBe(size);
    }),
  );
});

it('checksums are those of the bytes, and tell what differs', async () => {
  const [source, target] = [join(folder, 'source'), join(folder, 'target')];
  const bytes = randomBytes(300_000);
  writeFileSync(source, bytes);
  writeFileSync(target, bytes);
  const ranges = [
    { offset: 0, bytes: 4096 },
    { offset: 100_001, bytes: 150_000 },
  ];
  const pieces = piecesOf(ranges, 65_536);
  const sums = await sumsOf(localShell, source, pieces);
  const own = createHash('sha512')
    .update(bytes.subarray(0, 4096))
    .update(bytes.subarray(100_001, 100_001 + 61_440));
  expect(sums[0]).toBe(own.digest('hex'));
  const compared = compareSums(pieces, sums, await sumsOf(localShell, target, pieces));
  expect(compared).toMatchObject({ bytes: 154_096, different: 0 });

  // One byte outside of what is compared, and one inside.
  const other = readFileSync(target);
  other[50_000] = (other[50_000] ?? 0) ^ 1;
  writeFileSync(target, other);
  const same = compareSums(pieces, sums, await sumsOf(localShell, target, pieces));
  expect(same.different).toBe(0);
  other[240_000] = (other[240_000] ?? 0) ^ 1;
  writeFileSync(target, other);
  const found = compareSums(pieces, sums, await sumsOf(localShell, target, pieces));
  expect(found.different).toBe(154_096 - 2 * 65_536);
  await expect(sumsOf(localShell, join(folder, 'none'), pieces)).rejects.toThrow(
    /byte 0 of .* cannot be read/,
  );
});
