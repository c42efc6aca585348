import type { Levels } from '../scenario/levels.ts';
import { savedKind } from './saved-kind.ts';

/**
 * Bytes that saved states with their disks take at most on a storage: one for each kind of guest
 * that is restored, on each of the hosts that create guests on it.
 * @param rawSize of a guest's disk
 */
export function savedStatesSpace(rawSize: number, uses: readonly Levels[], hosts: number): number {
  const kinds = uses
    .filter(({ start }) => start === 'snapshot')
    .map((levels): [string, number] => [
      savedKind(levels),
      // Devices and the like come on top of the memory.
      rawSize + levels.memory * 1.05,
    ]);
  const all = [...new Map(kinds).values()].reduce((sum, bytes) => sum + bytes, 0);
  return Math.ceil(all) * hosts;
}
