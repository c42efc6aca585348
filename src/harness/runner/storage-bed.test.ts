import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger, type Ledger } from '../../platform/ledger/ledger.ts';
import type { Host } from '../../platform/remote/host.ts';
import { localShell } from '../../platform/remote/local.ts';
import { CommandError } from '../../platform/remote/shell.ts';
import { thisMachine } from '../../platform/remote/this-machine.ts';
import { storageBackend } from '../../platform/storage/index.ts';
import { levelsSchema } from '../scenario/levels.ts';
import { HostFiles } from './hosts/host-files.ts';
import { StorageBed, unfit } from './storage-bed.ts';

const good = {
  ...{ filesystem: 'xfs', device: '1', free: 1000, directIo: true, reflink: true },
  ...{ facts: {}, warnings: [] },
};
const copy = { provisioning: 'copy', cache: 'none' } as const;

describe('unfit', () => {
  it('finds nothing where everything is there', () => {
    expect(unfit(good, [copy, { ...copy, provisioning: 'reflink' }], 1000)).toEqual([]);
  });

  it('says how much space is missing', () => {
    const [problem] = unfit({ ...good, free: 2 ** 20 }, [copy], 3 * 2 ** 20);
    expect(problem?.message).toBe('expected at least 3.0 MiB free, found 1.0 MiB');
  });

  it('wants reflink only for arms that use it', () => {
    const bare = { ...good, filesystem: 'ext4', reflink: false };
    expect(unfit(bare, [copy], 0)).toEqual([]);
    expect(unfit(bare, [copy, { ...copy, provisioning: 'reflink' }], 0)).toMatchObject([
      { message: expect.stringContaining('ext4') as string },
    ]);
  });

  it.each(['none', 'directsync'] as const)('wants O_DIRECT for cache %s', (cache) => {
    const tmpfs = { ...good, filesystem: 'tmpfs', directIo: false };
    expect(unfit(tmpfs, [{ ...copy, cache: 'writeback' }], 0)).toEqual([]);
    expect(unfit(tmpfs, [{ ...copy, cache }], 0)).toMatchObject([
      { message: expect.stringContaining(`cache: ${cache}`) as string },
    ]);
  });
});

describe('a storage on several hosts', () => {
  let folder: string;
  let ledger: Ledger;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtgauge-bed-'));
    ledger = openLedger({ stateDirectory: join(folder, 'state'), label: 'run' });
  });
  afterEach(async () => {
    await ledger.removeAll();
    ledger.close();
    rmSync(folder, { recursive: true });
  });

  const prepare = (hosts: readonly Host[], islands: readonly string[]) =>
    StorageBed.prepare({
      ...{ ledger, hosts, creators: [], parallel: 1, source: '', rawSize: 0, data: 0 },
      planned: {
        ...{ name: 'disk', backend: storageBackend('shared-directory'), own: false },
        places: new Map(
          hosts.map(({ name }, host) => [name, { parent: folder, island: islands[host] ?? '' }]),
        ),
      },
      uses: [{ ...levelsSchema.parse({ cache: 'writeback' }), storage: 'disk' }],
      files: new HostFiles(folder),
    });

  it('that see the same has one folder, of which every host may remove disks', async () => {
    const [a, b] = [thisMachine(folder, 'a'), thisMachine(folder, 'b')];
    const bed = await prepare([a, b], ['all', 'all']);
    expect(bed.diskPath(a, 3, 0)).toBe(bed.diskPath(b, 3, 0));
    expect(bed.diskPath(a, 3, 0, 1)).not.toBe(bed.diskPath(a, 3, 0));
    const disks = [bed.diskPath(a, 3, 0), bed.diskPath(b, 3, 0, 1)];
    const other = bed.diskPath(a, 30, 0);
    for (const path of [...disks, other]) writeFileSync(path, '');
    await Promise.all([bed.removeDisks(a, 3), bed.removeDisks(b, 3)]);
    expect([...disks, other].map((path) => existsSync(path))).toEqual([false, false, true]);
    await ledger.removeAll();
    expect(readdirSync(folder)).toEqual(['state']);
    expect(dirname(other).startsWith(folder)).toBe(true);
  });

  it('that do not see what one of them has written is refused', async () => {
    const blind: Host = {
      ...thisMachine(folder, 'b'),
      shell: {
        ...localShell,
        readFile: (path) => Promise.reject(new CommandError('b', ['cat', path], 'ended', {})),
      },
    };
    await expect(prepare([thisMachine(folder, 'a'), blind], ['all', 'all'])).rejects.toThrow(
      /storages\.disk: expected a storage that all hosts see .* b does not find there what a has/,
    );
  });
});
