import { allMethods, switchMethods, type Look, type Obstacle } from './obstacle.ts';

/** Whether the machine's own system can drive what a guest has. */
export const lookAtDrivers: Look = ({ drivers, initramfsProblem }) => {
  const { virtioDisk, virtioNetwork, ahci, nvme } = drivers;
  const found: Obstacle[] = [];
  const rebuild =
    'Rebuild it there with them: MODULES=most, then update-initramfs -u; dracut -N -f.';
  if (virtioDisk === 'unknown') {
    found.push({
      methods: allMethods,
      kind: 'note',
      name: 'initramfs-unread',
      message: `whether the initramfs has virtio drivers is not known (${initramfsProblem ?? 'it cannot be read'})`,
    });
  } else if (virtioDisk === 'absent') {
    const other = ahci === 'at-boot' ? 'AHCI' : nvme === 'at-boot' ? 'NVMe' : undefined;
    found.push({
      methods: allMethods,
      ...(other === undefined
        ? {
            kind: 'refused',
            message: 'the system has no driver for any disk of a guest: virtio, AHCI, NVMe',
            remedy: 'Install a kernel with virtio drivers.',
          }
        : { kind: 'note', message: `no virtio driver: the guest gets an emulated ${other} disk` }),
      name: 'no-virtio-disk',
    });
  } else if (virtioDisk === 'on-disk') {
    found.push({
      methods: ['offline', 'warm'],
      kind: 'fix-up',
      name: 'virtio-initramfs',
      message: 'the initramfs has no virtio drivers: they are added on the copy',
    });
    // The machine's own disk starts as a guest before anything could be mended on a copy.
    const emulated = ahci === 'at-boot' || nvme === 'at-boot';
    found.push({
      methods: switchMethods,
      kind: emulated ? 'note' : 'refused',
      name: 'virtio-initramfs',
      message: emulated
        ? `the initramfs has no virtio drivers: the guest gets an emulated ${ahci === 'at-boot' ? 'AHCI' : 'NVMe'} disk`
        : 'the initramfs drives none of the disks that a guest has: virtio, AHCI, NVMe',
      ...(!emulated && { remedy: rebuild }),
    });
  }
  if (virtioNetwork === 'absent') {
    found.push({
      methods: allMethods,
      kind: 'note',
      name: 'no-virtio-network',
      message: 'no virtio network driver: the guest gets an emulated e1000e',
    });
  }
  return found;
};
