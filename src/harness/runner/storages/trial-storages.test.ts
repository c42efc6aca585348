import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CreatedGuest } from '../../../platform/operations/create.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { local } from '../../../platform/storage/local.ts';
import type { StorageBackend } from '../../../platform/storage/storage.ts';
import { levelsSchema, type Levels } from '../../scenario/levels.ts';
import { StorageBed } from './bed.ts';
import { StorageBeds } from './beds.ts';
import { planBeds } from './plan-beds.ts';
import { TrialStorages } from './trial-storages.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-trial-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hosts = [thisMachine('', 'h1'), thisMachine('', 'h2')];
const watcher = thisMachine('', 'watcher');
const clock = { now: () => 7, fromWall: () => 0 };

function storages(backend: Partial<StorageBackend>, held: Partial<Levels> = {}): TrialStorages {
  const levels: Levels = { ...levelsSchema.parse({}), storage: 'shared', ...held };
  const directories = new Map(hosts.map(({ name }) => [name, folder]));
  const beds = planBeds([levels]).map(({ key, storage, layout }): [string, StorageBed] => {
    const what = { storage, layout, backend: { ...local, ...backend }, diskBytes: 1 };
    return [key, new StorageBed(what, directories)];
  });
  return new TrialStorages(new StorageBeds({}, new Map(beds)), 0, [...hosts, watcher], levels);
}

const guest = (path: string) =>
  ({ guest: { spec: { disk: { path } } } }) as unknown as CreatedGuest;

it('a disk that is laid out otherwise than asked for fails the trial', async () => {
  const difference = (_: unknown, file: string) =>
    Promise.resolve(file === '/1' ? 'asked for 4 stripes, got 2' : undefined);
  const layouts = { set: () => Promise.resolve(), difference };
  const made = storages({ layouts }, { stripeCount: 4 });
  await made.requireLayouts([guest('/0')]);
  await expect(made.requireLayouts([guest('/0'), guest('/1')])).rejects.toThrow(
    'storage shared did not lay out files as asked for: the disk of guest 1: asked for 4 stripes, got 2',
  );
  await storages({ layouts }).requireLayouts([guest('/1')]);
});

it('what clients counted meanwhile is told for each storage and host', async () => {
  let reads = 0;
  const counters = () => Promise.resolve({ read: ++reads * 10 });
  const made = storages({ counters }, { template: 'other' });
  await made.begin();
  expect(await made.counted(clock)).toEqual(
    ['shared', 'other'].flatMap((phase) =>
      hosts.map(({ name }) => ({
        ...{ event: 'storage-counters', phase, observer: name, at: 7 },
        figures: { read: 40 },
      })),
    ),
  );
});

it('a host that only watches has none of them', async () => {
  const made = storages({}, { template: 'other' });
  expect(made.on(watcher)).toEqual([]);
  expect(made.on(hosts[0] ?? watcher)).toEqual(
    ['shared', 'other'].map((name) => ({ name, directory: folder })),
  );
  await made.requireWritable();
});

it('counters that cannot be read are no event', async () => {
  const made = storages({ counters: () => Promise.resolve({}) });
  await made.begin();
  expect(await made.counted(clock)).toEqual([]);
});

it('caches are touched only where that is asked for, and what is kept is said once', async () => {
  let dropped = 0;
  const dropCaches = () => {
    dropped++;
    return Promise.resolve('locks of the client are kept');
  };
  const signal = new AbortController().signal;
  await storages({ dropCaches }).setTemplateCache(hosts[0] ?? thisMachine(''), ['/a'], signal);
  expect(dropped).toBe(0);
  const cold = storages({ dropCaches }, { templateCache: 'cold' });
  for (const host of hosts) await cold.setTemplateCache(host, ['/a', '/b'], signal);
  expect(dropped).toBe(4);
  expect([...cold.warnings]).toEqual([
    'templateCache: cold: on storage shared, locks of the client are kept',
  ]);
});

const isRoot = process.getuid?.() === 0;
it.skipIf(!isRoot)(
  `a mount that has become read-only is told${isRoot ? '' : ', skipped: needs root'}`,
  async () => {
    expect(spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status).toBe(0);
    try {
      const made = storages({});
      await made.requireWritable();
      expect(await made.readOnly()).toBeUndefined();
      expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
      await expect(made.requireWritable()).rejects.toThrow(
        'storage shared on h1 has become read-only',
      );
    } finally {
      spawnSync('umount', [folder]);
    }
  },
);
