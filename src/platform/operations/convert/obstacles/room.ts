import { formatBytes } from '../../../../base/units.ts';
import { allMethods, type Look } from './obstacle.ts';

/** Whether the target's storage takes the disks. */
export const lookAtRoom: Look = ({ disks, root }, target) => {
  const [used, size] = [
    disks.reduce((sum, disk) => sum + disk.used, 0),
    disks.reduce((sum, disk) => sum + disk.size, 0),
  ];
  const storage = target?.storage;
  if (root === undefined || target === undefined) return [];
  if (storage === undefined) {
    const message = `${target.host} has no storage in the inventory`;
    const remedy = 'Name one there: storages: { local: { kind: local, path: /srv/guests } }.';
    return [{ methods: allMethods, kind: 'refused', name: 'no-storage', message, remedy }];
  }
  const { name, free } = storage;
  if (free < used) {
    const message = `${formatBytes(used)} are used, ${name} of ${target.host} has ${formatBytes(free)} free`;
    const remedy = 'Make room there, or name another storage: --storage.';
    return [{ methods: allMethods, kind: 'refused', name: 'storage-full', message, remedy }];
  }
  if (free >= size) return [];
  const message = `the ${disks.length === 1 ? 'disk has' : 'disks have'} ${formatBytes(size)}, ${name} of ${target.host} ${formatBytes(free)} free: the guest can fill it`;
  return [{ methods: allMethods, kind: 'note', name: 'overcommitted', message }];
};
