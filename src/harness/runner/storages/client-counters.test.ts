import fc from 'fast-check';
import { expect, it } from 'vitest';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { local } from '../../../platform/storage/local.ts';
import type { StorageBackend, StorageCounters } from '../../../platform/storage/storage.ts';
import { StorageBed } from './bed.ts';
import { counterDeltas, readCounters } from './client-counters.ts';

it('tell what came in between', () => {
  expect(counterDeltas({ read: 10, write: 5 }, { read: 14, write: 5, fresh: 3 })).toEqual({
    ...{ read: 4, write: 0 },
  });
});

it('tell nothing where the storage was mounted anew, though some are higher again', () => {
  expect(counterDeltas({ read: 10, write: 50 }, { read: 100, write: 20 })).toEqual({});
});

it('never go backwards', () => {
  const counters = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat());
  fc.assert(
    fc.property(counters, counters, (before, after) => {
      expect(Object.values(counterDeltas(before, after)).every((delta) => delta >= 0)).toBe(true);
    }),
  );
});

const [a, b] = [thisMachine('/nonexistent', 'a'), thisMachine('/nonexistent', 'b')];
const bedOf = (counters: StorageBackend['counters']) =>
  new StorageBed(
    {
      ...{ storage: 'shared', layout: undefined, diskBytes: 1 },
      backend: { ...local, ...(counters && { counters }) },
    },
    new Map([
      ['a', '/a'],
      ['b', '/b'],
    ]),
  );

it('are read in the directory of each host, and left out where they cannot be', async () => {
  const bed = bedOf((_, directory) =>
    directory === '/a' ? Promise.resolve({ read: 1 }) : Promise.reject(new Error('not permitted')),
  );
  expect([...(await readCounters(bed, [a, b]))]).toEqual([['a', { read: 1 }]]);
  expect((await readCounters(bedOf(undefined), [a, b])).size).toBe(0);
});

it('are not waited for long', async () => {
  const never = new Promise<StorageCounters>(() => undefined);
  const bed = bedOf((_, directory) => (directory === '/a' ? Promise.resolve({}) : never));
  expect([...(await readCounters(bed, [a, b], 0.2)).keys()]).toEqual(['a']);
});
