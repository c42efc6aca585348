import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemSizeOf } from './system-size.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-size-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is that of the image of each arm', () => {
  const image = join(folder, 'image');
  writeFileSync(image, '');
  truncateSync(image, 2 ** 30);
  const guest = { image, bootTimeout: 60 };
  const size = systemSizeOf({ guest }, [{ image: 'same' }, { image: 'micro' }]);
  expect(size?.({ image: 'same' })).toBe(2 ** 30);
  expect(size?.({ image: 'micro' })).toBe(64 * 2 ** 20);
});

it('is not known where one cannot be read', () => {
  const guest = { image: 'micro', bootTimeout: 60 };
  const arms = [{ image: 'same' }, { image: join(folder, 'none') }];
  expect(systemSizeOf({ guest }, arms)).toBeUndefined();
});
