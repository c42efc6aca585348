import { expect, it } from 'vitest';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import type { Host } from '../../../remote/host.ts';
import { localShell } from '../../../remote/local.ts';
import { ownClock } from '../../../remote/this-machine.ts';
import type { SourceFacts } from '../conversion.ts';
import { exampleInspection } from '../inspect/inspection.example.ts';
import { sourceFacts } from '../source-facts.ts';
import { convertedGuest } from './guest.ts';

const host: Host = {
  ...{ name: 'node2', shell: localShell, clock: ownClock, address: '10.77.0.2', bridge: 'br0' },
  ...{ storages: {}, runtime: '/tmp', cache: '/tmp' },
};

function guest(target: Host, memory: number, changes: Partial<SourceFacts> = {}) {
  return convertedGuest({
    ...{ name: 'web1', facts: { ...sourceFacts(exampleInspection()), memory, ...changes } },
    target: {
      ...{ host: target, hypervisor: qemu, directory: '/srv/g' },
      accelerator: 'kvm',
      cpu: 'host',
    },
    ...{ environment: {}, consoleLog: '/tmp/console' },
  });
}

it('has the hardware address, the network address and all of the memory of the machine', () => {
  const spec = guest(host, 970 * 2 ** 20);
  expect(spec).toMatchObject({
    ...{ mac: '52:54:00:aa:00:01', memory: 2 ** 30, vcpus: 8 },
    network: { kind: 'bridge', bridge: 'br0', address: '10.77.0.1/24' },
    disk: { path: '/srv/g/disk.raw', cache: 'none' },
  });
  // Its own boot loader starts it.
  expect(spec).not.toHaveProperty('kernel');
  expect(spec).not.toHaveProperty('firmware');
});

it('has all disks, in their order', () => {
  const disks = ['/dev/nvme0n1', '/dev/sda', '/dev/sdb'].map((path) => ({ path, bytes: 4096 }));
  const [first, ...others] = disks;
  if (first === undefined) throw new Error('disks');
  const spec = guest(host, 2 ** 30, { disks: [first, ...others] });
  expect(spec.disk.path).toBe('/srv/g/disk.raw');
  expect(spec.moreDisks?.map(({ path }) => path)).toEqual([
    '/srv/g/disk-1.raw',
    '/srv/g/disk-2.raw',
  ]);
  expect(guest(host, 2 ** 30)).not.toHaveProperty('moreDisks');
});

it('starts as the machine did, by UEFI', () => {
  const spec = guest(host, 2 ** 30, { firmware: 'uefi' });
  expect(spec.firmware).toEqual({
    code: '/srv/g/firmware-code.fd',
    variables: '/srv/g/firmware-variables.fd',
  });
});

it('needs a bridge for its address', () => {
  const { bridge: _bridge, ...without } = host;
  expect(_bridge).toBe('br0');
  expect(() => guest(without, 2 ** 30)).toThrow('expected a bridge on the target');
});
