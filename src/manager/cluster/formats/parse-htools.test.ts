import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocPolicies, diskTemplates, instanceStates, usualPolicy } from './htools.ts';
import type { HtoolsData, HtoolsSpec } from './htools.ts';
import { parseHtools } from './parse-htools.ts';
import { writeHtools } from './write-htools.ts';

/** As `hspace -S` of ganeti 3.0.2 writes it. */
const text = `group-01|uuid-01|preferred|tag-1,tag-2|

node-01|65536|1024|63488|1024000|1003520|16|M|uuid-01|1|big|N|0|1|1.0
node-02|65536|0|65536|1024000|1003520|16|N|uuid-01|2||N|0|1|1.5

web-1|1024|20480|1|running|Y|node-01|node-02|drbd|www,x|1|-|N

htools:iextags:www

|128,1,1024,1,1,1|128,1,1024,1,1,1;32768,8,1048576,16,8,12|plain,drbd|4.0|32.0
`;

const lines = text.split('\n');
const changed = (line: number, from: string, to: string) =>
  lines.map((one, index) => (index + 1 === line ? one.replace(from, to) : one)).join('\n');

describe('a cluster in the text format of htools', () => {
  it('is read', () => {
    const data = parseHtools(text, 'cluster.txt');
    expect(data.groups).toEqual([
      {
        name: 'group-01',
        uuid: 'uuid-01',
        allocPolicy: 'preferred',
        tags: ['tag-1', 'tag-2'],
        networks: [],
      },
    ]);
    expect(data.nodes[1]).toEqual({
      ...{ name: 'node-02', totalMemory: 65536, ownMemory: 0, freeMemory: 65536 },
      ...{ totalDisk: 1024000, freeDisk: 1003520, cpus: 16, status: 'N', groupUuid: 'uuid-01' },
      ...{ spindles: 2, tags: [], exclusiveStorage: false, freeSpindles: 0, ownCpus: 1 },
      cpuSpeed: 1.5,
    });
    expect(data.instances).toEqual([
      {
        ...{ name: 'web-1', memory: 1024, disk: 20480, vcpus: 1, status: 'running' },
        ...{ autoBalance: true, primary: 'node-01', secondary: 'node-02', diskTemplate: 'drbd' },
        ...{ tags: ['www', 'x'], spindleUse: 1, spindles: undefined, forthcoming: false },
      },
    ]);
    expect(data.tags).toEqual(['htools:iextags:www']);
    expect(data.policies[0]?.bounds[0]?.max).toEqual([32768, 8, 1048576, 16, 8, 12]);
    expect(writeHtools(data)).toBe(text);
  });

  it('may lack what older versions did not write', () => {
    const old = `g|u|preferred|

n|1024|0|1024|10240|10240|4|N|u

i|128|1024|1|running|Y|n||plain|

`;
    const { nodes, instances, policies, tags } = parseHtools(old, 'old.txt');
    expect(nodes[0]).toMatchObject({ spindles: 1, ownCpus: 1, cpuSpeed: 1 });
    expect(instances[0]).toMatchObject({ spindleUse: 1, forthcoming: false });
    expect([policies, tags]).toEqual([[], []]);
  });

  it('may have nodes that do not answer', () => {
    const { nodes } = parseHtools(changed(4, '65536|0|65536', '?|?|?'), 'cluster.txt');
    expect(nodes[1]).toMatchObject({ status: 'Y', totalMemory: 0 });
  });

  const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
  const size = fc.nat(1e6);
  const spec = fc.tuple(size, size, size, size, size, size) as fc.Arbitrary<HtoolsSpec>;
  const words = fc.array(name, { maxLength: 2 });
  const dataArbitrary: fc.Arbitrary<HtoolsData> = fc
    .tuple(
      fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
      fc.uniqueArray(name, { minLength: 2, maxLength: 4 }),
      fc.uniqueArray(name, { maxLength: 5 }),
    )
    .chain(([groups, nodes, instances]) =>
      fc.record({
        groups: fc.tuple(
          ...groups.map((group) =>
            fc.record({
              name: fc.constant(group),
              uuid: fc.constant(`uuid-${group}`),
              allocPolicy: fc.constantFrom(...allocPolicies),
              tags: words,
              networks: words,
            }),
          ),
        ),
        nodes: fc.tuple(
          ...nodes.map((node) =>
            fc.record({
              ...{ name: fc.constant(node), totalMemory: fc.constant(1e6), ownMemory: size },
              ...{ freeMemory: size, totalDisk: fc.constant(1e6), freeDisk: size, cpus: size },
              status: fc.constantFrom('Y', 'N', 'M' as const),
              groupUuid: fc.constantFrom(...groups.map((group) => `uuid-${group}`)),
              ...{ spindles: size, tags: words, exclusiveStorage: fc.boolean() },
              ...{ freeSpindles: size, ownCpus: size, cpuSpeed: fc.constantFrom(0.5, 1, 2.25) },
            }),
          ),
        ),
        instances: fc.tuple(
          ...instances.map((instance) =>
            fc.record({
              ...{ name: fc.constant(instance), memory: size, disk: size, vcpus: size },
              ...{ status: fc.constantFrom(...instanceStates), autoBalance: fc.boolean() },
              ...{ primary: fc.constant(nodes[0] ?? ''), secondary: fc.constant(nodes[1] ?? '') },
              ...{ diskTemplate: fc.constantFrom(...diskTemplates), tags: words },
              ...{ spindleUse: size, spindles: fc.option(size, { nil: undefined }) },
              forthcoming: fc.boolean(),
            }),
          ),
        ),
        tags: words,
        policies: fc.array(
          fc.record({
            ...{ owner: fc.constantFrom('', ...groups), standard: spec },
            bounds: fc.array(fc.record({ min: spec, max: spec }), { minLength: 1, maxLength: 2 }),
            diskTemplates: fc.subarray([...diskTemplates]),
            ...{ vcpuRatio: fc.constantFrom(1, 4, 2.5), spindleRatio: fc.constantFrom(1, 32.5) },
          }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    );

  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(dataArbitrary, (data) => {
        expect(parseHtools(writeHtools(data), 'x')).toEqual(data);
      }),
    );
  });

  it('is read or refused with one place, wherever it is cut or changed', () => {
    const cut = fc.record({
      at: fc.nat(text.length),
      drop: fc.nat(20),
      put: fc.constantFrom('', '|', '\n', '\n\n', '-1', 'x', ',', ';', '999999999999999', '||'),
    });
    fc.assert(
      fc.property(cut, ({ at, drop, put }) => {
        try {
          parseHtools(text.slice(0, at) + put + text.slice(at + drop), 'c.txt');
        } catch (error) {
          expect((error as Error).name).toBe('UserError');
          expect((error as Error).message).toMatch(/^c\.txt:\d+:\d+: [^\n]+$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('refused is', () => {
  it.each<[string, string, string]>([
    [
      'a negative size',
      changed(3, '65536|1024', '-5|1024'),
      'c.txt:3:9: total memory: expected a whole number from 0',
    ],
    ['an absurd size', changed(3, '65536|1024', '99999999999999|1024'), 'c.txt:3:9: total memory'],
    [
      'a size that is none',
      changed(5 + 1, '1024', 'lots'),
      'c.txt:6:7: memory: expected a whole number, got "lots"',
    ],
    [
      'a field too many',
      changed(4, '1.5', '1.5|more'),
      'c.txt:4:65: node: expected the end of the line, got one more field "more"',
    ],
    [
      'a line cut off',
      changed(6, '|node-01|node-02|drbd|www,x|1|-|N', ''),
      'c.txt:6:30: instance: expected a field "primary node", got the end of the line',
    ],
    [
      'a second node of one name',
      changed(4, 'node-02', 'node-01'),
      'c.txt:4:1: there are two nodes named "node-01"',
    ],
    [
      'a group that is not there',
      changed(4, 'uuid-01', 'uuid-02'),
      'c.txt:4:44: node "node-02": there is no group "uuid-02"',
    ],
    [
      'a node that is not there',
      changed(6, 'node-02', 'node-09'),
      'c.txt:6:38: instance "web-1": there is no node "node-09"',
    ],
    [
      'one node twice',
      changed(6, 'node-02', 'node-01'),
      'c.txt:6:38: instance "web-1": both nodes are "node-01"',
    ],
    ['drbd on one node', changed(6, 'node-02', ''), 'expected a secondary node for drbd'],
    [
      'a disk template of no kind',
      changed(6, 'drbd', 'floppy'),
      'c.txt:6:46: disk template: expected one of diskless',
    ],
    ['more free than there is', changed(3, '63488', '99999'), '99999 of 65536 memory free'],
    ['half a pair of bounds', changed(10, ';32768,8,1048576,16,8,12', ''), 'c.txt:10'],
    ['sections that are missing', lines.slice(0, 4).join('\n'), 'expected 4 or 5 sections'],
  ])('%s', (_, bad, message) => {
    expect(() => parseHtools(bad, 'c.txt')).toThrow(message);
  });

  it('nothing of the usual policy', () => {
    const data = { ...parseHtools(text, 'c.txt'), policies: [usualPolicy] };
    expect(parseHtools(writeHtools(data), 'x').policies).toEqual([usualPolicy]);
  });
});
