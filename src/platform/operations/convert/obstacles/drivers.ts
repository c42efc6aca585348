import { mendsOf } from '../fix-up/mends.ts';
import { allMethods, type Look, type Obstacle } from './obstacle.ts';

/** Whether the machine's own system can drive what a guest has, and finds its disk. */
export const lookAtDrivers: Look = (source) => {
  const { drivers, initramfsProblem, diskNames, lvmDevices } = source;
  const { virtioDisk, virtioNetwork } = drivers;
  const found: Obstacle[] = [];
  const refuse = (name: string, message: string, remedy: string) =>
    found.push({ methods: allMethods, kind: 'refused', name, message, remedy });
  const note = (name: string, message: string) =>
    found.push({ methods: allMethods, kind: 'note', name, message });
  if (virtioDisk === 'unknown') {
    note(
      'initramfs-unread',
      `whether the initramfs has virtio drivers is not known (${initramfsProblem ?? 'it cannot be read'})`,
    );
  } else if (virtioDisk === 'on-disk') {
    note(
      'virtio-initramfs',
      'the initramfs has no virtio drivers for the disk of a guest: those of its kernel are added',
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
  const { names } = mendsOf(source);
  const called = diskNames.map(({ name }) => name);
  const renamed = called.filter((name) => name in names);
  if (renamed.length > 0) {
    const what = `disks are called by names that are others in a guest (${renamed.join(', ')})`;
    note('disk-names', `${what}: they are called by UUID instead`);
  }
  if (lvmDevices.length > 0) {
    const what = `LVM knows its disks by their hardware (${lvmDevices.join(', ')})`;
    note('lvm-devices', `${what}: that list is set aside, so that it looks at all`);
  }
  const others = called.filter((name) => !(name in names));
  if (others.length > 0) {
    refuse(
      'disk-names',
      `disks are called by names that are others in a guest: ${others.join(', ')}`,
      'They have no UUID: name them by PARTUUID or label in /etc/fstab and in root= (blkid tells it).',
    );
  }
  return found;
};
