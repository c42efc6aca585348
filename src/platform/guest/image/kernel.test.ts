import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { localShell } from '../../remote/local.ts';
import { findKernel, findNamedKernel } from './kernel.ts';

let folder: string;
let modules: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-kernel-'));
  modules = join(folder, 'modules');
  mkdirSync(join(folder, 'boot'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The start of a bzImage: magic at 0x202, offset of the version text behind 0x200 at 0x20e. */
function bzImage(version: string | undefined): Buffer {
  const image = Buffer.alloc(0x4000);
  image.write('HdrS', 0x202, 'latin1');
  if (version !== undefined) {
    image.writeUInt16LE(0x3000, 0x20e);
    image.write(`${version} (builder@host) #1 SMP\0`, 0x3200, 'latin1');
  }
  return image;
}

function place(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const find = (path: string) => findNamedKernel(localShell, path, modules);

describe('a kernel that the user names', () => {
  it('has the version of its header, and modules in the order in which they are loaded', async () => {
    const version = '6.99.0-13-virtgauge+1';
    const path = place('boot/vmlinuz', bzImage(version));
    const xen = ['net/xen-netfront.ko', 'block/xen-blkfront.ko', 'xen/xen-evtchn.ko'];
    const virtio = ['net/virtio_net.ko', 'block/virtio_blk.ko', 'virtio/virtio.ko', 'x.ko'];
    const later = ['net/ip_vs.ko', 'virtio/virtio_mem.ko', 'net/nf_conntrack.ko'];
    for (const name of [...xen, ...virtio, ...later]) {
      place(`lib/modules/${version}/kernel/${name}`, name);
    }
    expect(await find(path)).toEqual({
      kernel: path,
      version,
      modules: {
        virtio: ['virtio.ko', 'virtio_blk.ko', 'virtio_net.ko'],
        xen: ['xen-blkfront.ko', 'xen-netfront.ko'],
        later: ['virtio_mem.ko', 'nf_conntrack.ko', 'ip_vs.ko'],
      },
    });
    expect(readFileSync(join(modules, 'virtio_blk.ko'), 'utf8')).toBe('block/virtio_blk.ko');
  });

  it('gets its modules unpacked', async () => {
    const path = place('boot/vmlinuz', bzImage('6.99.0'));
    place('lib/modules/6.99.0/virtio.ko.gz', gzipSync('plain'));
    const packed = { xz: ['xz', '-c'], zst: ['zstd', '-q', '-c'] } as const;
    const names = ['virtio.ko'];
    for (const [ending, [program, ...args]] of Object.entries(packed)) {
      const { stdout, error } = spawnSync(program, args, { input: 'plain' });
      if (error) continue;
      place(`lib/modules/6.99.0/virtio_${ending === 'xz' ? 'blk' : 'net'}.ko.${ending}`, stdout);
      names.push(ending === 'xz' ? 'virtio_blk.ko' : 'virtio_net.ko');
    }
    expect((await find(path)).modules.virtio).toEqual(names);
    for (const name of names) expect(readFileSync(join(modules, name), 'utf8')).toBe('plain');
  });

  it('without modules anywhere has all built in', async () => {
    const path = place('boot/vmlinuz', bzImage('6.99.0-virtgauge-nowhere'));
    expect((await find(path)).modules).toEqual({ virtio: [], xen: [], later: [] });
  });

  it('may have no version', async () => {
    expect(await find(place('boot/vmlinuz', bzImage(undefined)))).toMatchObject({
      version: 'unknown',
    });
  });

  it.each([
    ['is absent', undefined, /cannot be read/],
    ['is empty', '', /expected a Linux bzImage/],
    ['is something else', 'x'.repeat(5000), /expected a Linux bzImage/],
    ['is cut off in its header', bzImage('6').subarray(0, 0x207), /expected a Linux bzImage/],
  ])('is refused if it %s', async (_, content, message) => {
    const path = content === undefined ? join(folder, 'absent') : place('boot/vmlinuz', content);
    const error: unknown = await find(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).message).toContain(path);
  });
});

describe('a kernel that was unpacked', () => {
  it('has the version of its name', async () => {
    place('boot/vmlinuz-6.1.0-13-cloud-amd64', '');
    place('lib/modules/6.1.0-13-cloud-amd64/kernel/virtio_blk.ko', '');
    expect(await findKernel(localShell, folder, modules)).toEqual({
      kernel: join(folder, 'boot/vmlinuz-6.1.0-13-cloud-amd64'),
      version: '6.1.0-13-cloud-amd64',
      modules: { virtio: ['virtio_blk.ko'], xen: [], later: [] },
    });
  });

  it('must be there', async () => {
    await expect(findKernel(localShell, folder, modules)).rejects.toThrow('no kernel under');
  });
});
