import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from './allocate.ts';
import { dataArbitrary, dataOf } from './ganeti.example.ts';
import { allocateMany, allocateTiered, ganetiScore, GanetiState } from './index.ts';
import { ganetiInstance } from './state.ts';
import { Sums } from './sums.ts';

const size = { memory: 1024, disk: 10_240, vcpus: 1, spindles: 1, diskTemplate: 'drbd' as const };
const instance = ganetiInstance(
  {
    ...{ name: 'new', memory: 1024, disk: 10_240, vcpus: 1, diskTemplate: 'drbd' },
    ...{ status: 'running', autoBalance: true, tags: [], spindleUse: 1, spindles: undefined },
    forthcoming: false,
  },
  [],
);
const empty = (nodes: number) => new GanetiState(dataOf({ nodes, offline: [], instances: [] }));

describe('an allocation', () => {
  it('has the lowest score of all pairs of nodes', () => {
    fc.assert(
      fc.property(dataArbitrary, (data) => {
        const state = new GanetiState(data);
        const { nodes, failures } = allocate(state, instance, new Sums(state));
        const healthy = !state.failsN1.includes(1);
        const score = (primary: number, secondary: number) => {
          const tried = new GanetiState(data);
          tried.add(instance, primary, secondary);
          return tried.failsN1.includes(1) ? Infinity : ganetiScore(tried);
        };
        let tried = 0;
        let lowest = Infinity;
        for (let primary = 0; primary < state.nodes; primary++) {
          for (let secondary = 0; secondary < state.nodes; secondary++) {
            if (primary === secondary) continue;
            if (state.offline[primary] === 1 || state.offline[secondary] === 1) continue;
            tried++;
            const disks = [primary, secondary].every(
              (node) => (state.freeDisk[node] ?? 0) > 10_240,
            );
            if (disks && healthy) lowest = Math.min(lowest, score(primary, secondary));
          }
        }
        const refused = Object.values(failures).reduce((sum, count) => sum + count, 0);
        expect(refused <= tried).toBe(true);
        expect(refused === tried).toBe(nodes === undefined);
        if (healthy && nodes !== undefined) {
          expect(score(nodes.primary, nodes.secondary)).toBeCloseTo(lowest, 9);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps N+1 and overcommits no memory and no disk', () => {
    fc.assert(
      fc.property(dataArbitrary, (data) => {
        const state = new GanetiState(data);
        const before = [...state.failsN1];
        allocateMany(state, size);
        for (const [node, fails] of state.failsN1.entries())
          if (fails === 1) expect(before[node]).toBe(1);
        expect(Math.min(...state.freeMemory, ...state.freeDisk)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

/** Figures of hspace 3.0.2 on 40 nodes of 64 GiB and 1,000 GiB (see bench/placement/hspace.ts). */
describe('as hspace', () => {
  const nodes = (count: number) => {
    const data = dataOf({ nodes: count, offline: [], instances: [] });
    return new GanetiState({
      ...data,
      nodes: data.nodes.map((node) => ({
        ...node,
        ...{ totalMemory: 65_536, freeMemory: 65_536, totalDisk: 1_024_000, freeDisk: 1_024_000 },
        spindles: 1,
      })),
    });
  };

  it('allocates 200 instances to the same score', () => {
    const state = nodes(40);
    const { instances } = allocateMany(state, { ...size, memory: 2048, disk: 20_480 }, 200);
    expect(instances).toHaveLength(200);
    expect(ganetiScore(state)).toBeLessThanOrEqual(0.58180125);
  });

  it('allocates the same tiers', () => {
    const state = nodes(40);
    const largest = { ...size, memory: 32_768, disk: 1_048_576, vcpus: 8, spindles: 12 };
    const { instances } = allocateTiered(state, largest, 200);
    expect(instances).toHaveLength(20);
    expect(new Set(instances.map(({ disk }) => disk))).toEqual(new Set([1_023_744]));
    expect(ganetiScore(state)).toBeCloseTo(4.75, 8);
  });
});

it('says why it stopped', () => {
  expect(allocateMany(empty(3), { ...size, memory: 16_384 }).stopped).toBe('memory');
  expect(allocateMany(empty(3), { ...size, disk: 200_000 }).stopped).toBe('disk');
  expect(allocateMany(empty(3), size, 2)).toMatchObject({ stopped: undefined });
});
