import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import { dataRanges } from './data-ranges.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-data-ranges-'));
afterAll(() => rmSync(folder, { recursive: true }));
const block = 65_536;

it('are the blocks that are not zero, of what was asked for alone', async () => {
  const path = join(folder, 'disk');
  const file = await open(path, 'w');
  await file.truncate(40 * block);
  for (const at of [3 * block + 17, 4 * block, 20 * block, 39 * block + 65_535]) {
    await file.write(Buffer.of(1), 0, 1, at);
  }
  await file.close();
  const host = thisMachine(cacheDirectory(process.env));
  const asked = [
    { offset: 0, bytes: 10 * block },
    { offset: 30 * block, bytes: 10 * block },
  ];
  expect(await dataRanges(host, path, asked)).toEqual([
    { offset: 3 * block, bytes: 2 * block },
    { offset: 39 * block, bytes: block },
  ]);
  expect(await dataRanges(host, path, [])).toEqual([]);
  await expect(dataRanges(host, join(folder, 'none'), asked)).rejects.toThrow(/No such file/);
});
