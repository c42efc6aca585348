import type { Scenario } from '../../scenario/schema.ts';
import type { PlannedStorage } from '../storages/plan-storages.ts';

/**
 * On which storages sentinels look for the load of others. Where trials are done at once, those of
 * one group would see the load of the others on what they share: there is none on that then. By
 * default none on disks of one host, nor on a directory that stands in for shared storage while only
 * this machine uses it.
 */
export function sentinelsOn(
  { sentinel }: Pick<Scenario, 'sentinel'>,
  storages: readonly {
    name: string;
    backend: Pick<PlannedStorage['backend'], 'kind' | 'ofOneHost'>;
  }[],
  { groups, onlyThisMachine }: { groups: number; onlyThisMachine: boolean },
): Set<string> {
  if (sentinel === 'off') return new Set();
  const wanted = storages.filter(({ backend: { kind, ofOneHost = false } }) => {
    if (!ofOneHost && groups > 1) return false;
    if (sentinel === 'on') return true;
    return !ofOneHost && !(onlyThisMachine && kind === 'shared-directory');
  });
  return new Set(wanted.map(({ name }) => name));
}
