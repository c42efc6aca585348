import type { GuestSpec } from '../../hypervisor.ts';

/** A guest with one of everything. */
export const exampleSpec: GuestSpec = {
  name: 'vg-1-0',
  machine: 'q35',
  cpu: 'max',
  accelerator: 'tcg',
  vcpus: 2,
  memory: 256 * 2 ** 20,
  hugepages: false,
  pin: [],
  disk: {
    path: '/srv/disk.qcow2',
    format: 'qcow2',
    cache: 'none',
    aio: 'native',
    iothread: false,
    queues: 1,
  },
  network: { kind: 'bridge', bridge: 'br0' },
  mac: '52:54:00:12:34:56',
  directory: '/run/vg',
  consoleLog: '/var/log/vg.log',
  environment: { VIRTGAUGE_MARK: 'mark-1234' },
};
