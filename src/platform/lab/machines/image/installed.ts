import type { MachineKind } from './kinds.ts';

/** What every machine has: it is reached by ssh, shares files over NFS, measures storages by fio. */
const everywhere = [
  ...['busybox-static', 'kmod', 'iproute2', 'iputils-ping', 'procps', 'netbase'],
  ...['openssh-server', 'openssh-client', 'nfs-kernel-server', 'nfs-common'],
  ...['fio', 'tcpdump'],
];

const own: Readonly<Record<MachineKind, readonly string[]>> = {
  kvm: ['qemu-system-x86', 'qemu-utils'],
  // QEMU serves Xen's guests disks that are files of other formats (qdisk).
  xen: ['xen-system-amd64', 'xenstore-utils', 'qemu-system-xen', 'qemu-utils'],
  plain: [],
};

/** The packages that a machine of a kind has; others come with them. */
export function packagesOf(kind: MachineKind): string[] {
  return [...everywhere, ...own[kind]];
}

/** Names that people know for the packages on which results may depend. */
const notable: Readonly<Record<string, RegExp>> = {
  QEMU: /^qemu-system-x86$/,
  'QEMU of Xen': /^qemu-system-xen$/,
  Xen: /^xen-hypervisor-\d.*-amd64$/,
  fio: /^fio$/,
  NFS: /^nfs-kernel-server$/,
};

/** The versions to show, of all that are installed (package → version). */
export function notableVersions(
  installed: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = Object.entries(notable).flatMap(([shown, pattern]) => {
    const name = Object.keys(installed).find((each) => pattern.test(each));
    return name === undefined ? [] : [[shown, installed[name] ?? '']];
  });
  return Object.fromEntries(names) as Record<string, string>;
}

/**
 * Packages and versions from dpkg's list of what is installed.
 * @param status text of `/var/lib/dpkg/status`
 */
export function installedPackages(status: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const paragraph of status.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
    if (field('Status') === 'install ok installed') found[field('Package')] = field('Version');
  }
  return found;
}
