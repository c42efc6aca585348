import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { HostFiles } from './host-files.ts';

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-files-'));
  cache = join(folder, 'cache');
  mkdirSync(join(cache, 'micro-1234'), { recursive: true });
  for (const name of ['vmlinuz', 'initramfs']) {
    writeFileSync(join(cache, 'micro-1234', name), name);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const kernel = () => ({
  image: join(cache, 'micro-1234/vmlinuz'),
  initramfs: join(cache, 'micro-1234/initramfs'),
  commandLine: 'console=ttyS0',
});

it('sends what is not there, once, under the same names', async () => {
  const host = thisMachine(join(folder, 'elsewhere'), 'h1');
  const files = new HostFiles(cache);
  const image = await files.image(host, { kernel: kernel() });
  expect(image.kernel).toEqual({
    ...kernel(),
    image: join(folder, 'elsewhere/micro-1234/vmlinuz'),
    initramfs: join(folder, 'elsewhere/micro-1234/initramfs'),
  });
  const sent = image.kernel?.image ?? '';
  expect(readFileSync(sent, 'utf8')).toBe('vmlinuz');

  writeFileSync(sent, 'as it was');
  expect(await new HostFiles(cache).image(host, { kernel: kernel() })).toEqual(image);
  expect(readFileSync(sent, 'utf8')).toBe('as it was');
});

it('sends nothing to the machine that has made it', async () => {
  const files = new HostFiles(cache);
  expect(await files.image(thisMachine(cache), { kernel: kernel(), seed: kernel().image })).toEqual(
    {
      kernel: kernel(),
      seed: kernel().image,
    },
  );
});

it('removes what uploads that were cut off have left, but not those under way', async () => {
  const elsewhere = join(folder, 'elsewhere');
  const left = join(elsewhere, 'micro-1234');
  mkdirSync(left, { recursive: true });
  const day = 24 * 3600;
  for (const [name, age] of [
    ['vmlinuz.0123abcd.partial', 2 * day],
    ['initramfs.0123abcd.partial', 60],
    ['mine.partial', 2 * day],
  ] as const) {
    writeFileSync(join(left, name), '');
    utimesSync(join(left, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
  }
  await new HostFiles(cache).image(thisMachine(elsewhere, 'h1'), { kernel: kernel() });
  expect(readdirSync(left).sort()).toEqual([
    ...['initramfs', 'initramfs.0123abcd.partial', 'mine.partial', 'vmlinuz'],
  ]);
});

it('says where something cannot be put, and tries again', async () => {
  writeFileSync(join(folder, 'blocked'), '');
  const host = thisMachine(join(folder, 'blocked'), 'h2');
  const files = new HostFiles(cache);
  const refused: unknown = await files.place(host, kernel().image).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect((refused as Error).message).toMatch(/^h2:.*blocked/);
  rmSync(join(folder, 'blocked'));
  expect(await files.place(host, kernel().image)).toBe(join(folder, 'blocked/micro-1234/vmlinuz'));
});
