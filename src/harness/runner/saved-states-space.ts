import type { FactorName, Levels } from '../scenario/levels.ts';

/** Levels that make another machine, or another disk, of a guest that is saved. */
const shaping = [
  ...(['hypervisor', 'accelerator', 'machine', 'cpu', 'vcpus', 'memory', 'hugepages'] as const),
  ...(['format', 'cache', 'aio', 'iothread', 'queues', 'network', 'templateData'] as const),
] satisfies readonly FactorName[];

/**
 * Bytes that saved states with their disks take at most on a storage: one for each kind of guest
 * that is restored, on each of the hosts that create guests on it.
 * @param rawSize of a guest's disk
 */
export function savedStatesSpace(rawSize: number, uses: readonly Levels[], hosts: number): number {
  const kinds = uses
    .filter(({ start }) => start === 'snapshot')
    .map((levels): [string, number] => [
      JSON.stringify(shaping.map((name) => levels[name])),
      // Devices and the like come on top of the memory.
      rawSize + levels.memory * 1.05,
    ]);
  const all = [...new Map(kinds).values()].reduce((sum, bytes) => sum + bytes, 0);
  return Math.ceil(all) * hosts;
}
