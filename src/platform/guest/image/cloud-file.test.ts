import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { localShell } from '../../remote/local.ts';
import { inspectCloudFile, judgeFormat, judgeSector } from './cloud-file.ts';

const bootSector = Buffer.alloc(512);
bootSector.set([0x55, 0xaa], 510);

describe('judgeFormat', () => {
  it.each(['qcow2', 'raw'])('takes %s', (format) => {
    expect(judgeFormat('/a', format)).toBeUndefined();
  });

  it('says how to convert an image of another format', () => {
    const problem = judgeFormat('/a.vmdk', 'vmdk');
    expect(problem?.message).toBe(
      'guest.image: expected a qcow2 or raw image at /a.vmdk, got vmdk',
    );
    expect(problem?.remedy).toContain('qemu-img convert -O qcow2 /a.vmdk');
  });
});

describe('judgeSector', () => {
  it.each(['qcow2', 'raw'])('takes a %s with a boot sector', (format) => {
    expect(judgeSector('/a', format, bootSector)).toBeUndefined();
  });

  it.each([
    ['raw', Buffer.from('name: a scenario\n')],
    ['raw', Buffer.alloc(512)],
    ['qcow2', Buffer.alloc(512)],
  ])('refuses a %s that no BIOS would boot', (format, sector) => {
    expect(judgeSector('/a', format, sector)?.message).toMatch(
      /^guest\.image: expected a bootable disk image at \/a, got a .*boot sector/,
    );
  });
});

const hasQemuImg = spawnSync('qemu-img', ['--version']).error === undefined;
if (!hasQemuImg && process.env.CI === 'true') throw new Error('missing: qemu-img');

describe.skipIf(!hasQemuImg)('inspectCloudFile (needs qemu-img)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  const qemuImg = (...args: string[]) => {
    const { status, stderr } = spawnSync('qemu-img', args, { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  };
  const refusal = async (image: string) => {
    const error: unknown = await inspectCloudFile(localShell, image).catch(
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).problems[0];
  };

  writeFileSync(path('disk.raw'), bootSector);
  truncateSync(path('disk.raw'), 2 ** 20);

  it('gives format and size of a disk, and notices a change', async () => {
    const before = await inspectCloudFile(localShell, path('disk.raw'));
    expect(before).toMatchObject({ path: path('disk.raw'), format: 'raw', size: 2 ** 20 });
    truncateSync(path('disk.raw'), 2 ** 21);
    const after = await inspectCloudFile(localShell, path('disk.raw'));
    expect(after.size).toBe(2 ** 21);
    expect(after.state).not.toEqual(before.state);
  });

  it('looks through a qcow2 at what backs it', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', 'disk.raw', 'over.qcow2', '4M');
    const found = await inspectCloudFile(localShell, path('over.qcow2'));
    expect(found).toMatchObject({ format: 'qcow2', size: 4 * 2 ** 20 });
    expect(found.state).toHaveLength(2);
  });

  it('refuses a qcow2 whose backing file is gone', async () => {
    writeFileSync(path('gone.raw'), bootSector);
    qemuImg('create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', 'gone.raw', 'orphan.qcow2');
    rmSync(path('gone.raw'));
    const problem = await refusal(path('orphan.qcow2'));
    expect(problem?.message).toContain('guest.image');
    expect(problem?.message).toContain('gone.raw');
  });

  it('refuses another format', async () => {
    qemuImg('create', '-q', '-f', 'vmdk', 'disk.vmdk', '1M');
    expect((await refusal(path('disk.vmdk')))?.message).toContain('got vmdk');
  });

  it('refuses a text, which qemu-img takes for a raw disk', async () => {
    writeFileSync(path('notes.txt'), 'not a disk\n'.repeat(100));
    expect((await refusal(path('notes.txt')))?.message).toContain('boot sector');
  });

  it('refuses an empty file', async () => {
    writeFileSync(path('empty'), '');
    expect((await refusal(path('empty')))?.message).toContain('boot sector');
  });

  it('refuses a qcow2 that was cut off', async () => {
    writeFileSync(path('cut.qcow2'), Buffer.from([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]));
    expect((await refusal(path('cut.qcow2')))?.message).toContain('it says: ');
  });

  it('says when nothing is there, or a directory', async () => {
    expect((await refusal(path('nothing')))?.message).toBe(
      `guest.image: expected micro or a disk image at ${path('nothing')}, found nothing there`,
    );
    mkdirSync(path('directory'));
    expect((await refusal(path('directory')))?.message).toContain('got a directory');
  });
});
