import { placeOf } from '../inspect/disks.ts';
import type { Inspection } from '../inspect/index.ts';
import { allMethods, bootedMethods, switchMethods, type Look, type Obstacle } from './obstacle.ts';

/** Whether a tombstone on the boot path can keep the machine off once the target runs it. */
export const lookAtBootPath: Look = ({ firmware, bootLoader, disks, root }) => {
  if (root === undefined) return [];
  const found = firmware.kind === 'uefi' ? lookAtUefi(firmware) : [];
  const refuse = (name: string, message: string, remedy: string) =>
    found.push({ methods: allMethods, kind: 'refused', name, message, remedy });
  if (bootLoader.grubConfig === undefined) {
    refuse(
      'no-grub',
      `expected GRUB with a configuration in /boot, found ${bootLoader.name ?? 'no boot loader'}: nothing could keep the machine off once the target runs it`,
      'Install GRUB.',
    );
    return found;
  }
  const { path, through, content } = placeOf(bootLoader.grubConfig, disks)?.volume ?? root.volume;
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

/** What a guest has of the machine's UEFI. */
function lookAtUefi({ entries = [], removable, secureBoot }: Inspection['firmware']): Obstacle[] {
  const [first] = entries;
  const inSwitches: Obstacle = {
    methods: switchMethods,
    kind: 'note',
    name: 'uefi-by-kernel',
    message:
      'the guest is started by its own kernel, not by UEFI: it has no firmware variables (efibootmgr)',
  };
  if (first === undefined && removable !== true) {
    return [
      inSwitches,
      {
        methods: bootedMethods,
        kind: 'refused',
        name: 'uefi-entry',
        message:
          'the machine starts by UEFI, but no entry of its firmware names a file of a disk, and there is no EFI/BOOT/BOOTX64.EFI: nothing would start the guest',
        remedy: 'Mount /boot/efi and efivarfs, or run grub-install --removable.',
      },
    ];
  }
  const by = first === undefined ? '\\EFI\\BOOT\\BOOTX64.EFI' : `${first.name} (${first.file})`;
  const without = secureBoot ? ', without Secure Boot' : '';
  const message = `the guest starts by UEFI (OVMF)${without}: ${by}`;
  return [inSwitches, { methods: bootedMethods, kind: 'note', name: 'uefi', message }];
}
