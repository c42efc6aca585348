import { existsSync } from 'node:fs';
import { UserError, type Problem } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
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
  if (process.getuid?.() !== 0) {
    throw new UserError({
      message: 'lab: namespaces with their own network need root, this is an ordinary user',
      remedy:
        'Run as root. Without root, scenarios with --hosts left out use two work folders of this machine.',
    });
  }
  if (shared === 'moosefs' && !existsSync('/dev/fuse')) {
    throw new UserError({
      message: 'lab: --shared moosefs needs /dev/fuse, found none',
      remedy: 'Load it: modprobe fuse',
    });
  }
  const needed = [
    ...programs.always,
    ...(shared === 'moosefs' ? programs.moosefs : []),
    ...(libvirt ? programs.libvirt : []),
    ...(linkRate === undefined ? [] : programs.linkRate),
  ];
  const found = await shell.run([
    'sh',
    '-c',
    'PATH=$PATH:/usr/sbin:/sbin; for p; do command -v "$p" >/dev/null && echo "$p"; done; true',
    'programs',
    ...needed.map(([program]) => program),
  ]);
  const there = new Set(found.stdout.split('\n'));
  const missing = needed.filter(([program]) => !there.has(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))].join(' ');
  throw new UserError(
    missing.map(([program], index): Problem => ({
      message: `lab: expected the program ${program}, found none`,
      ...(index === missing.length - 1 && {
        remedy: `On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packages}`,
      }),
    })),
  );
}
