import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cpioNames, packerOf } from './cpio-names.ts';

/** Made by cpio itself. */
function archive(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'vg-cpio-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const input = Object.keys(files).join('\n');
    return execFileSync('cpio', ['-o', '-H', 'newc', '--quiet'], { cwd: folder, input });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const early = archive({ 'kernel/x86/microcode/GenuineIntel.bin': 'x'.repeat(1001) });
const main = archive({ init: '#!/bin/sh\n', 'lib/modules/6.1/kernel/virtio_blk.ko': 'elf' });

it('reads one archive, and those that follow it', () => {
  expect(cpioNames(main)).toEqual({
    names: ['init', 'lib/modules/6.1/kernel/virtio_blk.ko'],
    next: main.length,
  });
  expect(cpioNames(Buffer.concat([early, main])).names).toHaveLength(3);
});

it('tells where what is compressed begins', () => {
  const packed = gzipSync(main);
  const { names, next } = cpioNames(Buffer.concat([early, packed]));
  expect(names).toEqual(['kernel/x86/microcode/GenuineIntel.bin']);
  expect(next).toBe(early.length);
  expect(packerOf(packed)).toBe('gzip');
});

it('says that an archive is cut off', () => {
  expect(() => cpioNames(early.subarray(0, 600))).toThrow('cut off');
  expect(() => cpioNames(early.subarray(0, 60))).toThrow('cut off');
});

it('ends on any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, begins) => {
      const all = begins ? Buffer.concat([Buffer.from('070701'), bytes]) : bytes;
      try {
        expect(cpioNames(all).next).toBeLessThanOrEqual(all.length);
      } catch (error) {
        expect((error as Error).message).toContain('cut off');
      }
    }),
  );
});
