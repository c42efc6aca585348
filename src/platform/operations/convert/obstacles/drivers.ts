import { allMethods, type Look, type Obstacle } from './obstacle.ts';

/** Whether the machine's own system can drive what a guest has, and finds its disk. */
export const lookAtDrivers: Look = ({ drivers, initramfsProblem, diskNames }) => {
  const { virtioDisk, virtioNetwork } = drivers;
  const found: Obstacle[] = [];
  const refuse = (name: string, message: string, remedy: string) =>
    found.push({ methods: allMethods, kind: 'refused', name, message, remedy });
  if (virtioDisk === 'unknown') {
    found.push({
      methods: allMethods,
      kind: 'note',
      name: 'initramfs-unread',
      message: `whether the initramfs has virtio drivers is not known (${initramfsProblem ?? 'it cannot be read'})`,
    });
  } else if (virtioDisk === 'on-disk') {
    refuse(
      'virtio-initramfs',
      'the initramfs has no virtio drivers for the disk of a guest',
      'Rebuild it with them: MODULES=most, then update-initramfs -u; dracut -N -f.',
    );
  } else if (virtioDisk === 'absent') {
    refuse(
      'no-virtio-disk',
      'the system has no virtio driver for the disk of a guest',
      'Install a kernel with virtio drivers.',
    );
  }
  if (virtioNetwork === 'absent') {
    refuse(
      'no-virtio-network',
      'the system has no virtio driver for the network of a guest',
      'Install a kernel with virtio drivers.',
    );
  }
  if (diskNames.length > 0) {
    refuse(
      'disk-names',
      `disks are called by the kernel's names, which are others in a guest: ${diskNames.join(', ')}`,
      'Name them by UUID in /etc/fstab and in root= (blkid tells it).',
    );
  }
  return found;
};
