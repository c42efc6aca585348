import type { Inspection } from './inspection.ts';
import type { TargetInspection } from './target.ts';

const GiB = 2 ** 30;

/** A plain server whose conversion meets nothing, for tests. */
export function exampleInspection(changes: Partial<Inspection> = {}): Inspection {
  const card = {
    ...{ name: 'eth0', mac: '52:54:00:aa:00:01', addresses: ['10.77.0.1/24'], mtu: 1500 },
    ...{ physical: true, pci: '0000:03:00.0', speed: 125e6 },
  };
  const root = {
    ...{ path: '/dev/sda1', name: 'sda1', type: 'part', size: 20 * GiB, used: 8 * GiB },
    ...{ content: 'ext4', uuid: '0c2f', mountPoint: '/', through: ['part'] },
  };
  return {
    host: 'web1',
    system: 'Debian GNU/Linux 12 (bookworm)',
    disks: [{ path: '/dev/sda', size: 20 * GiB, used: 8 * GiB, table: 'dos', volumes: [root] }],
    leftOut: [],
    root: { disk: '/dev/sda', volume: root },
    firmware: { kind: 'bios', secureBoot: false },
    bootLoader: { name: 'grub', grubConfig: '/boot/grub/grub.cfg' },
    kernel: {
      ...{ version: '6.1.0-56-amd64', commandLine: 'root=UUID=0c2f ro quiet' },
      ...{ image: '/boot/vmlinuz-6.1.0-56-amd64', initramfs: '/boot/initrd.img-6.1.0-56-amd64' },
    },
    drivers: {
      ...{ virtioDisk: 'at-boot', virtioNetwork: 'at-boot', ahci: 'at-boot', nvme: 'at-boot' },
    },
    diskNames: [],
    lvmDevices: [],
    ciphers: [],
    network: { interfaces: [card], main: 'eth0', gateway: '10.77.0.254', configurations: [] },
    carrier: card,
    deviceModules: ['ahci', 'e1000e'],
    kexec: { supported: true, disabled: false, lockdown: 'none', tool: true },
    services: { ports: [22, 80], units: ['ssh', 'nginx'] },
    memory: { total: 4 * GiB, used: GiB },
    processor: {
      ...{ model: 'Intel(R) Xeon(R) CPU E5-2620', vendor: 'GenuineIntel', count: 8 },
      ...{ virtualization: 'vmx', flags: ['vmx'], guest: false, kvm: true },
    },
    hardwareClock: 'utc',
    otherHardware: [],
    tracker: { kernel: true, tool: true },
    bootTimes: { kernel: 2, services: 5 },
    writeRate: { rate: 1e6, watched: 5 },
    readRate: 400e6,
    ...changes,
  };
}

/** A target that takes it. */
export function exampleTarget(changes: Partial<TargetInspection> = {}): TargetInspection {
  const { processor } = exampleInspection();
  return {
    ...{ host: 'node2', linkRate: 12e6, memory: { total: 64 * GiB, used: GiB }, processor },
    storage: { name: 'local', free: 500 * GiB, rate: 300e6 },
    ...changes,
  };
}

/** The same without one of its fields. */
export function without<T extends object, K extends keyof T & string>(
  object: T,
  key: K,
): Omit<T, K> {
  const kept = Object.entries(object).filter(([name]) => name !== key);
  return Object.fromEntries(kept) as Omit<T, K>;
}
