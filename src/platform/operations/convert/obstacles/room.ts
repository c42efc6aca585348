import { formatBytes } from '../../../../base/units.ts';
import { allMethods, type Look } from './obstacle.ts';

/** Whether the target's storage takes the disk. */
export const lookAtRoom: Look = ({ disks, root }, target) => {
  const disk = disks.find(({ path }) => path === root?.disk);
  const storage = target?.storage;
  if (disk === undefined || target === undefined) return [];
  if (storage === undefined) {
    const message = `${target.host} has no storage in the inventory`;
    const remedy = 'Name one there: storages: { local: { kind: local, path: /srv/guests } }.';
    return [{ methods: allMethods, kind: 'refused', name: 'no-storage', message, remedy }];
  }
  const { name, free } = storage;
  if (free < disk.used) {
    const message = `${formatBytes(disk.used)} are used, ${name} of ${target.host} has ${formatBytes(free)} free`;
    const remedy = 'Make room there, or name another storage: --storage.';
    return [{ methods: allMethods, kind: 'refused', name: 'storage-full', message, remedy }];
  }
  if (free >= disk.size) return [];
  const message = `the disk has ${formatBytes(disk.size)}, ${name} of ${target.host} ${formatBytes(free)} free: the guest can fill it`;
  return [{ methods: allMethods, kind: 'note', name: 'overcommitted', message }];
};
