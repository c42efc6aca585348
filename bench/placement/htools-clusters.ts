import { usualPolicy, type HtoolsData } from '../../src/manager/cluster/formats/htools.ts';
import { seededRandom } from '../../src/base/stats/random.ts';

const policy = { ...usualPolicy, spindleRatio: 64 };

function nodes(count: number, totalMemory: number, totalDisk: number): HtoolsData['nodes'] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${String(index + 1).padStart(2, '0')}`,
    ...{ totalMemory, ownMemory: 0, freeMemory: totalMemory, totalDisk, freeDisk: totalDisk },
    ...{ cpus: 16, status: index === 0 ? ('M' as const) : ('N' as const), groupUuid: 'uuid-1' },
    ...{ spindles: 1, tags: [], exclusiveStorage: false, freeSpindles: 0, ownCpus: 1 },
    cpuSpeed: 1,
  }));
}

const cluster = (nodes: HtoolsData['nodes'], instances: HtoolsData['instances']): HtoolsData => ({
  groups: [{ name: 'group-1', uuid: 'uuid-1', allocPolicy: 'preferred', tags: [], networks: [] }],
  ...{ nodes, instances, tags: [] },
  policies: [policy, { ...policy, owner: 'group-1' }],
});

/** What `hspace --simulate=preferred,40,1000g,64g,16` starts from. */
export function emptyCluster(): HtoolsData {
  const usual = [usualPolicy, { ...usualPolicy, owner: 'group-1' }];
  return { ...cluster(nodes(40, 65_536, 1_024_000), []), policies: usual };
}

/** 20 nodes with 10 instances each on the average, half of them on the first five nodes. */
export function skewedCluster(): HtoolsData {
  const random = seededRandom('skewed');
  const empty = nodes(20, 65_536, 1_024_000).map((node) => ({ ...node }));
  const instances = Array.from({ length: 200 }, (_, index) => {
    const first = index < 100 ? index % 5 : index % 20;
    const memory = 1024 * (1 + random.integer(2));
    const disk = 10_240 * (1 + random.integer(2));
    const primary = empty[first];
    const secondary = empty[(first + 1 + random.integer(4)) % 20];
    if (primary === undefined || secondary === undefined) throw new Error('no such node');
    primary.freeMemory -= memory;
    for (const node of [primary, secondary]) node.freeDisk -= disk;
    return {
      name: `instance-${String(index + 1).padStart(3, '0')}`,
      ...{ memory, disk, vcpus: 1, status: 'running' as const, autoBalance: true },
      ...{ primary: primary.name, secondary: secondary.name, diskTemplate: 'drbd' as const },
      ...{ tags: [], spindleUse: 1, spindles: undefined, forthcoming: false },
    };
  });
  return cluster(empty, instances);
}
