import { describe, expect, it } from 'vitest';
import { filterArms } from './filter.ts';
import { loadText } from './load-text.example.ts';
import { expandArms } from './matrix.ts';

const matrix = expandArms(
  loadText(`
name: a
storages: { local: { kind: local }, shared: { kind: shared-directory } }
measure: { noop: {} }
fixed: { cache: unsafe }
factors:
  storage: [local, shared]
  guests: [1, 2, 4]
  memory: [256MiB, 1GiB]
  pin: [none, '0-1,3']
exclude:
  - { storage: shared, guests: 4 }
`).scenario,
);

const kept = (...filters: string[]) => filterArms(matrix, filters);

describe('filterArms', () => {
  it('keeps the arms with one of the levels of every factor named', () => {
    const { arms, factors } = kept('storage=local,guests=1|4');
    expect(
      new Set(arms.map(({ arm }) => `${String(arm['storage'])} ${String(arm['guests'])}`)),
    ).toEqual(new Set(['local 1', 'local 4']));
    expect(factors).toEqual({ ...matrix.factors, storage: ['local'], guests: [1, 4] });
  });

  it('takes levels as a scenario writes them, and those with commas', () => {
    expect(kept('memory=1GiB').factors['memory']).toEqual([2 ** 30]);
    expect(kept('memory=1073741824').factors['memory']).toEqual([2 ** 30]);
    expect(kept('pin=0-1,3,guests=2').factors).toMatchObject({ pin: ['0-1,3'], guests: [2] });
  });

  it('holds several filters at once', () => {
    expect(kept('guests=1|2', 'guests=2|4').factors['guests']).toEqual([2]);
  });

  it('keeps everything without a filter', () => {
    expect(kept()).toEqual(matrix);
  });

  it.each([
    [
      'storge=local',
      /--filter storge=local: expected one of storage, .*got "storge"\n {2}did you mean "storage"\?/,
    ],
    [
      'storage=locl',
      /storage: expected one of local, shared, got "locl"\n {2}did you mean "local"\?/,
    ],
    ['cache=unsafe', /expected one of storage, guests, memory, pin, got "cache"/],
    ['guests=3', /guests: expected one of 1, 2, 4, got "3"/],
    ['guests=', /got ""/],
    ['guests', /expected factor=level such as storage=local, got "guests"/],
    ['', /got ""/],
    ['constructor=1', /got "constructor"/],
    ['storage=shared,guests=4', /expected to keep at least one of 20 arms, got none/],
  ])('refuses %j', (filter, expected) => {
    expect(() => kept(filter)).toThrow(expected);
  });
});
