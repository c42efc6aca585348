import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localShell } from '../../remote/local.ts';
import type { GuestImage } from './guest-image.ts';
import { placeTemplate, templateSource } from './template.ts';

const missing = spawnSync('qemu-img', ['--version']).error !== undefined;
if (missing && process.env.CI === 'true') throw new Error('qemu-img is missing');

describe.skipIf(missing)(`templates${missing ? ', skipped: qemu-img is missing' : ''}`, () => {
  const systemBytes = 64 * 1024;
  let folder: string;
  let image: GuestImage;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtgauge-template-'));
    const path = join(folder, 'system.img');
    writeFileSync(path, Buffer.alloc(systemBytes, 'system'));
    image = { key: 'k', disk: { path, format: 'raw' }, diskSize: systemBytes, versions: {} };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const source = async (cache: string, bytes: number) =>
    readFileSync(await templateSource(localShell, join(folder, cache), image, bytes));

  it('have the system first, and behind it as many bytes as asked for', async () => {
    const disk = await source('a', 5 * 2 ** 20);
    expect(disk.length).toBe(systemBytes + 5 * 2 ** 20);
    expect(disk.subarray(0, systemBytes).equals(readFileSync(image.disk.path))).toBe(true);
  });

  it('have bytes that nothing compresses, the same ones every time', async () => {
    const data = (await source('a', 5 * 2 ** 20)).subarray(systemBytes);
    expect(gzipSync(data).length).toBeGreaterThan(data.length);
    expect((await source('b', 5 * 2 ** 20)).subarray(systemBytes).equals(data)).toBe(true);
    const short = (await source('a', 4096)).subarray(systemBytes);
    expect(short.equals(data.subarray(0, 4096))).toBe(true);
  });

  it('may have nothing behind the system', async () => {
    expect((await source('a', 0)).length).toBe(systemBytes);
  });

  it.each(['raw', 'qcow2'] as const)('are the same disk when placed as %s', async (format) => {
    const from = await templateSource(localShell, join(folder, 'a'), image, 4096);
    const placed = join(folder, `placed.${format}`);
    await placeTemplate(localShell, from, placed, format);
    const compare = ['qemu-img', 'compare', '-f', 'raw', '-F', format, from, placed] as const;
    expect((await localShell.run(compare)).stdout).toContain('identical');
  });

  it('are not in the cache if their image cannot be read', async () => {
    const broken = { ...image, key: 'broken', disk: { ...image.disk, path: '/absent' } };
    const cache = join(folder, 'c');
    await expect(templateSource(localShell, cache, broken, 0)).rejects.toThrow('/absent');
    await expect(templateSource(localShell, cache, broken, 0)).rejects.toThrow('/absent');
  });
});
