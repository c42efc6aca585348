import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger, type Ledger } from '../../../platform/ledger/ledger.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { inspectDirectory } from '../../../platform/storage/inspect.ts';
import { layoutText } from '../../../platform/storage/layout-text.ts';
import { sharedDirectory } from '../../../platform/storage/shared-directory.ts';
import type { StorageBackend, StorageInspection } from '../../../platform/storage/storage.ts';
import { levelsSchema, type Levels } from '../../scenario/levels.ts';
import { HostFiles } from '../hosts/host-files.ts';
import { prepareStorages } from './prepare.ts';

const missing = spawnSync('qemu-img', ['--version']).error !== undefined;
if (missing && process.env.CI === 'true') throw new Error('qemu-img is missing');

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

const arm = (storage: string, held: Partial<Levels> = {}): Levels => ({
  ...levelsSchema.parse({ cache: 'writeback' }),
  ...{ storage, ...held },
});

/** Lays files out in its own memory; what it is asked is kept in order. */
function fake(found: Partial<StorageInspection> = {}) {
  const calls: string[] = [];
  const backend: StorageBackend = {
    ...{ kind: 'fake', label: 'Fake' },
    layouts: {
      set(_, directory, layout) {
        calls.push(`set ${layoutText(layout)}`);
        writeFileSync(join(directory, 'layout'), layoutText(layout));
        return Promise.resolve();
      },
      difference: () => Promise.resolve(undefined),
    },
    async inspect(shell, directory) {
      const layout = existsSync(join(directory, 'layout')) ? 'asked for' : 'default';
      calls.push(`inspect ${layout}`);
      return { ...(await inspectDirectory(shell, directory)), facts: { layout }, ...found };
    },
  };
  return { backend, calls };
}

/** Storages by name; each lies in a folder of its name. */
function prepare(
  backends: Record<string, StorageBackend>,
  arms: readonly Levels[],
  hosts: readonly Host[] = [thisMachine(join(folder, 'cache'))],
) {
  const planned = Object.entries(backends).map(([name, backend]) => {
    const parent = join(folder, name);
    mkdirSync(parent, { recursive: true });
    const places = new Map(hosts.map((host) => [host.name, { parent, island: 'all hosts' }]));
    return { name, backend, own: false, places };
  });
  const cache = join(folder, 'cache');
  mkdirSync(cache, { recursive: true });
  const source = (_: Levels, data: number) => {
    const path = join(cache, `disk-${data}.img`);
    writeFileSync(path, 'system');
    truncateSync(path, 2 ** 20 + data);
    return Promise.resolve(path);
  };
  return prepareStorages({
    ...{ ledger, planned, arms, parties: [hosts], source, data: 0, jobs: [] },
    ...{ files: new HostFiles(cache), environment: {}, signal: new AbortController().signal },
  });
}

describe.skipIf(missing)(`templates${missing ? ', skipped: qemu-img is missing' : ''}`, () => {
  it('lie in a bed for each layout and size, which is laid out before it is inspected', async () => {
    const { backend, calls } = fake();
    const striped = arm('disk', { stripeCount: 2, templateData: 2 ** 20, format: 'raw' });
    const arms = [arm('disk'), striped];
    const beds = await prepare({ disk: backend }, arms);
    expect(calls).toEqual(['inspect default', 'set -E eof -c 2', 'inspect asked for']);
    const [plain, wide] = arms.map((levels) => beds.disksOf(levels));
    const host = thisMachine('');
    expect(plain?.directory(host)).not.toBe(wide?.directory(host));
    expect([plain?.diskBytes, wide?.diskBytes]).toEqual([2 ** 20, 2 * 2 ** 20]);
    expect(readdirSync(wide?.directory(host) ?? '')).toContain('template.raw');
    expect(readdirSync(wide?.directory(host) ?? '')).not.toContain('template.qcow2');
    expect(readdirSync(plain?.directory(host) ?? '')).toContain('template.qcow2');
    expect(beds.facts.disk?.facts).toEqual({
      layout: 'default',
      'layout stripeCount=2': 'asked for',
    });
    await ledger.removeAll();
    expect(readdirSync(join(folder, 'disk'))).toEqual([]);
  });

  it('lie on another storage where arms say so, and only there', async () => {
    const levels = arm('disk', { template: 'fast' });
    const beds = await prepare({ disk: sharedDirectory, fast: sharedDirectory }, [levels]);
    const host = thisMachine('');
    const { path } = beds.templatesOf(levels).template(host, 'qcow2');
    expect(dirname(dirname(path))).toBe(join(folder, 'fast'));
    expect(existsSync(path)).toBe(true);
    const disks = beds.disksOf(levels).directory(host);
    expect(readdirSync(disks).filter((name) => name.startsWith('template'))).toEqual([]);
    expect(Object.keys(beds.facts)).toEqual(['disk', 'fast']);
  });
});

it('what all beds of a storage take together must fit, before anything is put there', async () => {
  const { backend } = fake({ free: 2.5 * 2 ** 20 });
  const arms = [arm('disk'), arm('disk', { stripeCount: 2 })];
  const copies = arms.map((levels) => ({ ...levels, provisioning: 'copy' as const }));
  await expect(prepare({ disk: backend }, copies)).rejects.toThrow(
    /storages\.disk \(.*\): expected at least 3\.0 MiB free, found 2\.5 MiB/,
  );
});

it('a target that is full is told with the layout that uses it', async () => {
  const targets = [{ name: 'OST1', free: 2 ** 19 }];
  const { backend } = fake({ targets, stripes: 1 });
  await expect(prepare({ disk: backend }, [arm('disk', { pool: 'slow' })])).rejects.toThrow(
    /pool=slow: expected at least 1\.0 MiB free on each target that the layout uses, OST1 has 512 KiB/,
  );
});

describe('on several hosts', () => {
  const [a, b] = [thisMachine('', 'a'), thisMachine('', 'b')];

  it('that see the same has one folder, of which every host may remove disks', async () => {
    // No template is put there.
    const levels = arm('disk', { template: 'elsewhere' });
    const bed = (await prepare({ disk: sharedDirectory }, [levels], [a, b])).disksOf(levels);
    expect(bed.diskPath(a, 3, 0)).toBe(bed.diskPath(b, 3, 0));
    expect(bed.diskPath(a, 3, 0, 1)).not.toBe(bed.diskPath(a, 3, 0));
    const disks = [bed.diskPath(a, 3, 0), bed.diskPath(b, 3, 0, 1)];
    const other = bed.diskPath(a, 30, 0);
    for (const path of [...disks, other]) writeFileSync(path, '');
    await Promise.all([bed.removeDisks(a, 3), bed.removeDisks(b, 3)]);
    expect([...disks, other].map((path) => existsSync(path))).toEqual([false, false, true]);
    await ledger.removeAll();
    expect(readdirSync(join(folder, 'disk'))).toEqual([]);
  });

  it('that do not see what one of them has written is refused', async () => {
    const blind: Host = {
      ...b,
      shell: {
        ...localShell,
        readFile: (path) => Promise.reject(new CommandError('b', ['cat', path], 'ended', {})),
      },
    };
    await expect(prepare({ disk: sharedDirectory }, [arm('disk')], [a, blind])).rejects.toThrow(
      /storages\.disk: expected a storage that all hosts see .* b does not find there what a has/,
    );
  });
});
