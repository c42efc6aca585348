import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localShell } from '../remote/local.ts';
import { CommandError } from '../remote/shell.ts';
import { inspectDirectory } from './inspect.ts';
import { provisionDisk, type Image, type Provisioning } from './provision.ts';

const missing = spawnSync('qemu-img', ['--version']).error !== undefined;
if (missing && process.env.CI === 'true') throw new Error('qemu-img is missing');

let folder: string;
let template: Image;
const size = 2 ** 20;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-provision-'));
  template = { path: join(folder, 'template, 1.raw'), format: 'raw' };
  writeFileSync(template.path, Buffer.alloc(64 * 1024, 'data'));
  // The rest is a hole.
  truncateSync(template.path, size);
});
afterAll(() => rmSync(folder, { recursive: true }));

const provision = (name: string, method: Provisioning['method'], from = template) =>
  provisionDisk(localShell, from, join(folder, name), { method, durability: 'synced' });

it('copies every byte, and leaves no holes', async () => {
  const image = await provision('copy.raw', 'copy');
  expect(image).toEqual({ path: join(folder, 'copy.raw'), format: 'raw' });
  expect(readFileSync(image.path).equals(readFileSync(template.path))).toBe(true);
  expect(statSync(image.path).blocks * 512).toBeGreaterThanOrEqual(size);
  expect(statSync(template.path).blocks * 512).toBeLessThan(size);
});

it('copies sparsely: the same bytes, holes stay holes', async () => {
  const image = await provision('sparse.raw', 'sparse');
  expect(image).toEqual({ path: join(folder, 'sparse.raw'), format: 'raw' });
  expect(readFileSync(image.path).equals(readFileSync(template.path))).toBe(true);
  expect(statSync(image.path).size).toBe(size);
  expect(statSync(image.path).blocks * 512).toBeLessThan(size / 2);
  // A block of zeros is as good as a hole.
  const path = join(folder, 'zeros.raw');
  writeFileSync(path, Buffer.alloc(size));
  const { path: copy } = await provision('sparse2.raw', 'sparse', { path, format: 'raw' });
  expect(statSync(copy).blocks).toBe(0);
});

describe.skipIf(missing)(`a clone${missing ? ', skipped: qemu-img is missing' : ''}`, () => {
  it('is a thin qcow2 that refers to its template and reads the same', async () => {
    const image = await provision('clone.qcow2', 'clone');
    expect(image.format).toBe('qcow2');
    const { stdout } = await localShell.run(['qemu-img', 'info', '--output=json', image.path]);
    expect(JSON.parse(stdout)).toMatchObject({
      'virtual-size': size,
      'full-backing-filename': template.path,
      'backing-filename-format': 'raw',
    });
    expect(statSync(image.path).blocks * 512).toBeLessThan(size / 2);
    await localShell.run([
      'qemu-img',
      'compare',
      '-f',
      'raw',
      '-F',
      'qcow2',
      template.path,
      image.path,
    ]);
  });

  it('of a qcow2 keeps the format of its template', async () => {
    const path = join(folder, 'template.qcow2');
    await localShell.run(['qemu-img', 'convert', '-O', 'qcow2', template.path, path]);
    const { path: clone } = await provision('clone2.qcow2', 'clone', { path, format: 'qcow2' });
    const { stdout } = await localShell.run(['qemu-img', 'info', '--output=json', clone]);
    expect(JSON.parse(stdout)).toMatchObject({ 'backing-filename-format': 'qcow2' });
  });
});

it('shares extents where the file system can, and says so where it cannot', async () => {
  const { reflink } = await inspectDirectory(localShell, folder);
  const made = provision('reflink.raw', 'reflink');
  if (reflink) expect(await made).toMatchObject({ format: 'raw' });
  else {
    await expect(made).rejects.toThrow(CommandError);
    await expect(made).rejects.toThrow(/reflink|clone|not supported/i);
  }
});

it('names the template that is missing', async () => {
  const absent: Image = { path: join(folder, 'absent.raw'), format: 'raw' };
  for (const method of missing ? (['copy'] as const) : (['copy', 'clone'] as const)) {
    await expect(provision('none', method, absent)).rejects.toThrow(absent.path);
  }
});

const whyNot = process.getuid?.() === 0 ? smallFileSystem() : 'not root';
function smallFileSystem(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'virtgauge-small-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place]);
  if (status === 0) spawnSync('umount', [place]);
  rmSync(place, { recursive: true });
  return status === 0 ? undefined : 'mounting is not allowed';
}

describe.skipIf(whyNot !== undefined)(
  `a storage that is full${whyNot === undefined ? '' : `, skipped: ${whyNot}`}`,
  () => {
    let small: string;
    beforeAll(() => {
      small = join(folder, 'small');
      mkdirSync(small);
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]);
    });
    afterAll(() => {
      spawnSync('umount', [small]);
    });

    it('is named as the reason, and its free bytes are known', async () => {
      expect(await inspectDirectory(localShell, small)).toMatchObject({
        filesystem: 'tmpfs',
        free: 256 * 1024,
      });
      await expect(provision('small/disk.raw', 'copy')).rejects.toThrow('No space left on device');
    });
  },
);
