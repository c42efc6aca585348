import fc from 'fast-check';
import { usualPolicy, type HtoolsData } from '../formats/htools.ts';

export interface Drawn {
  readonly nodes: number;
  readonly offline: readonly number[];
  readonly instances: readonly {
    readonly primary: number;
    readonly step: number;
    readonly memory: number;
    readonly disk: number;
    readonly template: 'drbd' | 'plain' | 'rbd';
    readonly tag: string;
  }[];
}

/** A cluster file in which free memory and disk go with the instances. */
export function dataOf({ nodes, offline, instances }: Drawn): HtoolsData {
  const memory = new Array<number>(nodes).fill(32_768);
  const disk = new Array<number>(nodes).fill(512_000);
  const placed = instances.flatMap((one, index) => {
    const primary = one.primary % nodes;
    const secondary = (primary + 1 + (one.step % (nodes - 1))) % nodes;
    const two = one.template === 'drbd';
    const mb = one.memory * 512;
    const gb = one.template === 'rbd' ? 0 : one.disk * 10_240;
    if ((memory[primary] ?? 0) <= mb) return [];
    const holders = two ? [primary, secondary] : [primary];
    if (holders.some((node) => (disk[node] ?? 0) <= gb)) return [];
    memory[primary] = (memory[primary] ?? 0) - mb;
    for (const node of holders) disk[node] = (disk[node] ?? 0) - gb;
    return [
      {
        ...{ name: `i${index}`, memory: mb, disk: one.disk * 10_240, vcpus: 1 },
        ...{ status: 'running' as const, autoBalance: true, primary: `n${primary}` },
        ...{ secondary: two ? `n${secondary}` : '', diskTemplate: one.template },
        ...{ tags: one.tag === '' ? [] : [one.tag], spindleUse: 1, spindles: undefined },
        forthcoming: false,
      },
    ];
  });
  return {
    groups: [{ name: 'g', uuid: 'u', allocPolicy: 'preferred', tags: [], networks: [] }],
    nodes: memory.map((free, index) => ({
      ...{ name: `n${index}`, totalMemory: 32_768, ownMemory: 0, freeMemory: free },
      ...{ totalDisk: 512_000, freeDisk: disk[index] ?? 0, cpus: 16, groupUuid: 'u' },
      status: offline.includes(index) ? ('Y' as const) : ('N' as const),
      ...{ spindles: 2, tags: [], exclusiveStorage: false, freeSpindles: 0, ownCpus: 1 },
      cpuSpeed: 1,
    })),
    instances: placed,
    tags: ['htools:iextags:www'],
    policies: [usualPolicy, { ...usualPolicy, owner: 'g' }],
  };
}

export const dataArbitrary = fc
  .record({
    nodes: fc.integer({ min: 3, max: 7 }),
    offline: fc.constantFrom([], [], [0], [1, 2]),
    instances: fc.array(
      fc.record({
        primary: fc.nat(3),
        step: fc.nat(3),
        memory: fc.integer({ min: 1, max: 12 }),
        disk: fc.integer({ min: 1, max: 10 }),
        template: fc.constantFrom('drbd', 'drbd', 'drbd', 'plain', 'rbd' as const),
        tag: fc.constantFrom('', '', '', 'www:a', 'www:b', 'other'),
      }),
      { maxLength: 30 },
    ),
  })
  .map(dataOf);
