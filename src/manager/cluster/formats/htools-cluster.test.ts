import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dataArbitrary } from '../ganeti/ganeti.example.ts';
import { GanetiState } from '../ganeti/index.ts';
import { Cluster } from '../model/index.ts';
import { clusterOfHtools } from './htools-cluster.ts';

const mebibyte = 2 ** 20;

it('has the free memory and disk and the kept memory of the file', () => {
  fc.assert(
    fc.property(dataArbitrary, (data) => {
      const cluster = new Cluster(clusterOfHtools(data));
      const state = new GanetiState(data);
      for (const [node, { freeMemory, freeDisk }] of data.nodes.entries()) {
        expect(cluster.free(node, 1)).toBe(freeMemory * mebibyte);
        expect(cluster.free(node, 2)).toBe(freeDisk * mebibyte);
        expect(cluster.reserves.kept[node * 5 + 1]).toBe((state.keptMemory[node] ?? 0) * mebibyte);
        expect(cluster.guestsOn(node)).toHaveLength(state.primaries[node] ?? 0);
        expect(cluster.health[node]).toBe(state.offline[node] === 1 ? 'draining' : 'up');
      }
    }),
  );
});
