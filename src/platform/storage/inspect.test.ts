import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { localShell } from '../remote/local.ts';
import { inspectDirectory } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'virtgauge inspect-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('tells what the file system tells, and leaves nothing behind', async () => {
  const { bavail, bsize } = statfsSync(folder);
  const found = await inspectDirectory(localShell, folder);
  expect(found.filesystem).toMatch(/^[a-z0-9._-]+$/);
  // Others write meanwhile.
  expect(found.free / (bavail * bsize)).toBeCloseTo(1, 1);
  expect([typeof found.directIo, typeof found.reflink]).toEqual(['boolean', 'boolean']);
  expect(readdirSync(folder)).toEqual([]);
});

it('knows two folders on one device by it', async () => {
  const others = ['a', 'b'].map((name) => join(folder, name));
  for (const other of others) mkdirSync(other);
  const [a, b] = await Promise.all(others.map((other) => inspectDirectory(localShell, other)));
  expect(a?.device).toBe(b?.device);
  expect(a?.device).toMatch(/^\d+$/);
  for (const other of others) rmSync(other, { recursive: true });
});

it('fails for a folder that is not there', async () => {
  await expect(inspectDirectory(localShell, join(folder, 'absent'))).rejects.toThrow('absent');
});
