import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { machineKinds } from './kinds.ts';
import { machineImage, readMachineImage } from './index.ts';

const minutes = 60_000;

// What boots from them is tested with labs, by images that have been built once.
it.each(machineKinds)(
  'the image of a %s machine is built from nothing, once',
  async (kind) => {
    const cache = mkdtempSync(join(tmpdir(), 'vg-images-'));
    onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
    const said: string[] = [];
    const progress = (text: string) => said.push(text);
    const image = await machineImage(localShell, cache, kind, { progress });
    expect(said).not.toEqual([]);
    const { size, blocks } = await stat(image.disk);
    expect(size).toBeGreaterThanOrEqual(8 * 2 ** 30);
    expect(blocks * 512).toBeLessThan(2 ** 30);
    for (const file of [image.kernel, image.initramfs, image.xen?.image]) {
      if (file !== undefined) expect(existsSync(file)).toBe(true);
    }
    said.length = 0;
    expect(await machineImage(localShell, cache, kind, { progress })).toEqual(image);
    expect(said).toEqual([]);
    expect(await readMachineImage(image.folder)).toEqual(image);
    rmSync(image.disk);
    await expect(readMachineImage(image.folder)).rejects.toThrow('gone from the cache');
  },
  20 * minutes,
);
