import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { readInitramfs } from './initramfs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vg-initramfs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Made as distributions do: microcode in an archive of its own, then the packed rest. */
function initramfs(pack: string, early = true): string {
  const archive = (name: string) => {
    const tree = join(folder, name.replaceAll('/', '_'));
    mkdirSync(join(tree, name, '..'), { recursive: true });
    writeFileSync(join(tree, name), 'content');
    return execFileSync('sh', ['-c', 'find . | cpio -o -H newc --quiet'], { cwd: tree });
  };
  const module = archive('usr/lib/modules/6.1/kernel/drivers/block/virtio_blk.ko.xz');
  const [program = 'cat', ...args] = pack.split(' ');
  const packed = execFileSync(program, args, { input: module });
  const path = join(folder, 'initramfs');
  writeFileSync(path, early ? Buffer.concat([archive('kernel/x86/code.bin'), packed]) : packed);
  return path;
}

it.each(['cat', 'gzip -c', 'xz --check=crc32 -c', 'zstd -qc', 'lz4 -lqc'])(
  'lists what %s has packed',
  async (pack) => {
    for (const early of [true, false]) {
      const found = await readInitramfs(localShell, initramfs(pack, early));
      expect(found).toMatchObject({ state: 'read', modules: new Set(['virtio_blk']) });
      const file = 'usr/lib/modules/6.1/kernel/drivers/block/virtio_blk.ko.xz';
      expect(found.state === 'read' && found.names.has(file)).toBe(true);
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    }
  },
);

it('says why there is nothing to list', async () => {
  expect(await readInitramfs(localShell, undefined)).toEqual({ state: 'none' });
  expect(await readInitramfs(localShell, join(folder, 'none'))).toMatchObject({
    state: 'unreadable',
  });
  const path = join(folder, 'other');
  writeFileSync(path, 'no archive of any kind');
  expect(await readInitramfs(localShell, path)).toEqual({
    state: 'unreadable',
    reason: 'it is packed by nothing that is known',
  });
});
