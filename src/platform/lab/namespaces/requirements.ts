import { existsSync } from 'node:fs';
import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { requirePrograms, requireRoot } from '../requirements.ts';
import type { LabOptions } from './request.ts';

const programs = {
  always: [
    ['sshd', 'openssh-server'],
    ['ssh-keygen', 'openssh-client'],
    ['ip', 'iproute2'],
    ['unshare', 'util-linux'],
    ['nsenter', 'util-linux'],
    ['setsid', 'util-linux'],
  ],
  moosefs: [
    ['mfsmaster', 'moosefs-master'],
    ['mfschunkserver', 'moosefs-chunkserver'],
    ['mfsmount', 'moosefs-client'],
  ],
  libvirt: [
    ['libvirtd', 'libvirt-daemon-system'],
    ['virsh', 'libvirt-clients'],
  ],
  linkRate: [['tc', 'iproute2']],
} as const;

/**
 * Looks whether this machine can bear the lab, before anything is made.
 * @throws UserError with everything that is missing
 */
export async function requireLab(
  shell: Shell,
  { shared, libvirt, linkRate }: LabOptions,
): Promise<void> {
  requireRoot('namespaces with their own network');
  if (shared === 'moosefs' && !existsSync('/dev/fuse')) {
    throw new UserError({
      message: 'lab: --shared moosefs needs /dev/fuse, found none',
      remedy: 'Load it: modprobe fuse',
    });
  }
  await requirePrograms(shell, [
    ...programs.always,
    ...(shared === 'moosefs' ? programs.moosefs : []),
    ...(libvirt ? programs.libvirt : []),
    ...(linkRate === undefined ? [] : programs.linkRate),
  ]);
}
