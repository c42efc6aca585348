import type { GuestSpec } from '../../hypervisor.ts';

/** A guest with one of everything. */
export const exampleSpec: GuestSpec = {
  name: 'vg-1-0',
  machine: 'pc',
  cpu: 'max',
  accelerator: 'xen-pvh',
  vcpus: 2,
  memory: 256 * 2 ** 20,
  hugepages: false,
  pin: [],
  disk: {
    ...{ path: '/srv/a, b.qcow2', format: 'qcow2', cache: 'none' },
    ...{ aio: 'threads', iothread: false, queues: 1 },
  },
  kernel: { image: '/k', initramfs: '/i', commandLine: 'loglevel=6 vg.name=x' },
  network: { kind: 'bridge', bridge: 'br0', address: '10.77.0.64/24' },
  mac: '52:54:00:12:34:56',
  directory: '/run/vg',
  consoleLog: '/var/log/vg.log',
  environment: { VIRTGAUGE_MARK: '0123456789abcdef' },
};
