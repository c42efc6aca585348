/** @typedef {'demo' | 'test' | 'unit'} Purpose */

/** @type {readonly Purpose[]} */
export const purposes = ['demo', 'test', 'unit'];

/**
 * A program or file of the system.
 * @typedef {object} Need
 * @property {string} name a program looked for on PATH and in the sbin folders, or an absolute path
 * @property {string} debianPackage
 * @property {string} why what virtgauge does with it
 * @property {readonly Purpose[]} purposes
 */

/**
 * Everything outside Node that a clone needs. The one place to add a program.
 * @type {readonly Need[]}
 */
export const needs = [
  {
    name: 'qemu-system-x86_64',
    debianPackage: 'qemu-system-x86',
    why: 'runs the guests',
    purposes: ['demo', 'test'],
  },
  {
    name: 'qemu-img',
    debianPackage: 'qemu-utils',
    why: 'makes and clones disk images',
    purposes: ['demo', 'test'],
  },
  {
    name: 'mke2fs',
    debianPackage: 'e2fsprogs',
    why: "makes the guests' file systems",
    purposes: ['demo', 'test'],
  },
  {
    name: 'cpio',
    debianPackage: 'cpio',
    why: "packs the guests' first root",
    purposes: ['demo', 'test'],
  },
  {
    name: 'gcc',
    debianPackage: 'gcc',
    why: 'compiles the program that runs in guests',
    purposes: ['demo', 'test', 'unit'],
  },
  {
    name: `${libraries()}/libc.a`,
    debianPackage: 'libc6-dev',
    why: 'the C library that this program carries',
    purposes: ['demo', 'test', 'unit'],
  },
  {
    name: 'xorriso',
    debianPackage: 'xorriso',
    why: 'makes seed disks for cloud images',
    purposes: ['test'],
  },
  {
    name: 'chromium',
    debianPackage: 'chromium',
    why: 'opens reports in tests',
    purposes: ['test'],
  },
  {
    name: 'fio',
    debianPackage: 'fio',
    why: 'reads the job files in tests',
    purposes: ['test'],
  },
  {
    name: 'tcsh',
    debianPackage: 'tcsh',
    why: 'is the login shell of a host in tests',
    purposes: ['test'],
  },
  {
    name: 'fish',
    debianPackage: 'fish',
    why: 'is the login shell of a host in tests',
    purposes: ['test'],
  },
  {
    name: 'mmdebstrap',
    debianPackage: 'mmdebstrap',
    why: 'makes the machine image that a test boots, and machines of labs',
    purposes: ['test'],
  },
  {
    name: 'depmod',
    debianPackage: 'kmod',
    why: "lists the modules of machines' kernels",
    purposes: ['test'],
  },
  {
    name: '/usr/share/keyrings/debian-archive-keyring.gpg',
    debianPackage: 'debian-archive-keyring',
    why: 'checks the packages of this image',
    purposes: ['test'],
  },
  {
    name: 'grub-mkimage',
    debianPackage: 'grub-common',
    why: 'makes this image bootable',
    purposes: ['test'],
  },
  {
    name: '/usr/lib/grub/i386-pc/boot.img',
    debianPackage: 'grub-pc-bin',
    why: 'makes this image bootable',
    purposes: ['test'],
  },
  {
    name: '/usr/lib/grub/x86_64-efi/linux.mod',
    debianPackage: 'grub-efi-amd64-bin',
    why: 'makes a machine start by UEFI, for P2V',
    purposes: ['test'],
  },
  {
    name: 'lz4',
    debianPackage: 'lz4',
    why: 'packs what machines enter in a conversion',
    purposes: ['test', 'unit'],
  },
  {
    name: 'zstd',
    debianPackage: 'zstd',
    why: 'unpacks kernels and their modules',
    purposes: ['test', 'unit'],
  },
  {
    name: 'sfdisk',
    debianPackage: 'fdisk',
    why: 'its partitions',
    purposes: ['test'],
  },
  {
    name: 'mkfs.vfat',
    debianPackage: 'dosfstools',
    why: 'its system partition',
    purposes: ['test'],
  },
  {
    name: 'mcopy',
    debianPackage: 'mtools',
    why: 'what lies on that',
    purposes: ['test'],
  },
  {
    name: 'sshd',
    debianPackage: 'openssh-server',
    why: 'hosts of labs, and tests of ssh',
    purposes: ['test'],
  },
  {
    name: 'ssh-keygen',
    debianPackage: 'openssh-client',
    why: 'keys of labs',
    purposes: ['test'],
  },
  {
    name: 'ip',
    debianPackage: 'iproute2',
    why: 'networks of labs',
    purposes: ['test'],
  },
  {
    name: 'tcpdump',
    debianPackage: 'tcpdump',
    why: 'stamps packets in tests',
    purposes: ['test'],
  },
  {
    name: 'mfsmaster',
    debianPackage: 'moosefs-master',
    why: 'a shared file system in labs',
    purposes: ['test'],
  },
  {
    name: 'mfschunkserver',
    debianPackage: 'moosefs-chunkserver',
    why: 'a shared file system in labs',
    purposes: ['test'],
  },
  {
    name: 'mfsmount',
    debianPackage: 'moosefs-client',
    why: 'a shared file system in labs',
    purposes: ['test'],
  },
  {
    name: 'libvirtd',
    debianPackage: 'libvirt-daemon-system',
    why: 'runs guests in labs with libvirt',
    purposes: ['test'],
  },
  {
    name: 'virsh',
    debianPackage: 'libvirt-clients',
    why: 'drives libvirt',
    purposes: ['test'],
  },
  {
    name: 'xmllint',
    debianPackage: 'libxml2-utils',
    why: "checks the manager's messages against their schema",
    purposes: ['test', 'unit'],
  },
  {
    name: '/usr/lib/python3/dist-packages/prometheus_client/parser.py',
    debianPackage: 'python3-prometheus-client',
    why: "reads the master's metrics in tests",
    purposes: ['test'],
  },
  {
    name: 'etcd',
    debianPackage: 'etcd-server',
    why: 'keeps the state of several masters in tests',
    purposes: ['test'],
  },
  {
    name: 'mkfs.xfs',
    debianPackage: 'xfsprogs',
    why: 'what P2V reads of XFS is compared with',
    purposes: ['test'],
  },
  {
    name: 'slurmctld',
    debianPackage: 'slurm-wlm',
    why: 'jobs that run in tests',
    purposes: ['test'],
  },
  {
    name: 'munged',
    debianPackage: 'munge',
    why: 'what Slurm needs to know who asks',
    purposes: ['test'],
  },
];

function libraries() {
  return `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
}

/**
 * @param {Purpose} purpose
 * @param {(name: string) => boolean} exists
 */
export function missingNeeds(purpose, exists) {
  return needs.filter((need) => need.purposes.includes(purpose) && !exists(need.name));
}
