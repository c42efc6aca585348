import { expect, it } from 'vitest';
import type { MigrationMethod } from '../../migration.ts';
import { QmpError } from '../qmp.ts';
import type { End } from './end.ts';
import { plainMethod } from './qemu-pair.example.ts';
import { applySettings } from './settings.ts';

interface Set {
  capabilities?: { capability: string; state: boolean }[];
  [parameter: string]: unknown;
}

const known = [
  ...['events', 'return-path', 'late-block-activate', 'postcopy-ram', 'postcopy-blocktime'],
  ...['multifd', 'xbzrle', 'auto-converge', 'pause-before-switchover', 'zero-blocks'],
];

/** What is set on a QEMU in which `on` was left switched on. */
async function applied(
  changes: Partial<MigrationMethod>,
  {
    on = [] as string[],
    present = known,
    version = [7, 2] as [number, number],
    refuses = undefined as string | undefined,
  } = {},
) {
  const set: Record<string, Set> = {};
  const qmp = {
    execute: (name: string, args: Set) => {
      if (name === 'query-version') {
        return Promise.resolve({ qemu: { major: version[0], minor: version[1] } });
      }
      if (name === 'query-migrate-capabilities') {
        return Promise.resolve(
          present.map((capability) => ({ capability, state: on.includes(capability) })),
        );
      }
      if (name === refuses) return Promise.reject(new QmpError(name, 'GenericError', 'no way'));
      set[name] = args;
      return Promise.resolve({});
    },
  };
  const end = { qmp, guest: { host: { name: 'two' } } } as unknown as End;
  await applySettings(end, { ...plainMethod, ...changes });
  const switched = (state: boolean) =>
    (set['migrate-set-capabilities']?.capabilities ?? [])
      .filter((each) => each.state === state)
      .map(({ capability }) => capability);
  return { on: switched(true), off: switched(false), parameters: set['migrate-set-parameters'] };
}

const always = ['events', 'return-path', 'late-block-activate'];

it.each([
  ['plain pre-copy', {}, []],
  ['post-copy', { method: 'post-copy' as const }, ['postcopy-ram', 'postcopy-blocktime']],
  ['several streams', { multifd: 4 }, ['multifd']],
  ['xbzrle', { xbzrle: true }, ['xbzrle']],
  ['auto-converge', { autoConverge: true }, ['auto-converge']],
  ['a mirrored disk', { disk: 'mirror' as const }, ['pause-before-switchover']],
])('switches on for %s what it needs', async (_, changes, wanted) => {
  expect((await applied(changes)).on).toEqual([...always, ...wanted]);
});

it('clears what an earlier migration left, and leaves alone what is right', async () => {
  const left = ['events', 'xbzrle', 'multifd', 'zero-blocks'];
  const { on, off } = await applied({ multifd: 2 }, { on: left });
  expect(on).toEqual(['return-path', 'late-block-activate']);
  expect(off).toEqual(['xbzrle', 'zero-blocks']);
});

it('gives parameters in QEMU’s units', async () => {
  const { parameters } = await applied({ downtimeLimit: 0.25, bandwidth: 5_000_000, multifd: 3 });
  expect(parameters).toEqual({
    'downtime-limit': 250,
    'max-bandwidth': 5_000_000,
    'max-postcopy-bandwidth': 5_000_000,
    'multifd-channels': 3,
  });
});

it('lifts the limits of an earlier migration', async () => {
  const { parameters } = await applied({});
  expect(parameters?.['max-bandwidth']).toBeGreaterThan(1e12);
  expect(parameters).toMatchObject({ 'max-postcopy-bandwidth': 0, 'multifd-channels': 2 });
});

it('says what this QEMU lacks, and what it refuses', async () => {
  const present = known.filter((name) => name !== 'multifd');
  await expect(applied({ multifd: 2 }, { present })).rejects.toThrow(
    'expected a QEMU that can migrate with multifd, the one on two cannot',
  );
  await expect(applied({}, { refuses: 'migrate-set-parameters' })).rejects.toThrow('no way');
});

it('refuses multifd with post-copy where it would lose the guest', async () => {
  const both = { method: 'post-copy' as const, multifd: 2 };
  await expect(applied(both)).rejects.toThrow('expected post-copy without multifd');
  await expect(applied(both, { version: [10, 0] })).rejects.toThrow('two has 10.0');
  expect((await applied(both, { version: [10, 1] })).on).toContain('multifd');
});
