import { allMethods, type Look, type Obstacle } from './obstacle.ts';

/** Whether a tombstone on the boot path can keep the machine off once the target runs it. */
export const lookAtBootPath: Look = ({ firmware, bootLoader, disks, root }) => {
  if (root === undefined) return [];
  const found: Obstacle[] = [];
  const refuse = (name: string, message: string, remedy: string) =>
    found.push({ methods: allMethods, kind: 'refused', name, message, remedy });
  if (firmware.kind === 'uefi') {
    refuse(
      'uefi',
      'the machine starts by UEFI: guests are started only by a BIOS so far',
      'Convert a machine that starts by BIOS.',
    );
  }
  if (bootLoader.grubConfig === undefined) {
    refuse(
      'no-grub',
      `expected GRUB with a configuration in /boot, found ${bootLoader.name ?? 'no boot loader'}: nothing could keep the machine off once the target runs it`,
      'Install GRUB.',
    );
    return found;
  }
  const volumes = disks.flatMap((disk) => disk.volumes);
  const at = (place: string) => volumes.find(({ mountPoint }) => mountPoint === place);
  const { path, through, content } = at('/boot') ?? at('/') ?? root.volume;
  const mapped = through.filter((type) => type !== 'part');
  if (mapped.length > 0 || content === 'btrfs') {
    refuse(
      'boot-folder',
      `/boot lies on ${content === 'btrfs' ? 'btrfs' : mapped.join(' on ')} (${path}): a tombstone has to lie on a partition`,
      'Give /boot a partition of its own.',
    );
  }
  return found;
};
