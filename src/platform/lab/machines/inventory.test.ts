import { expect, it } from 'vitest';
import { loadInventory } from '../../remote/inventory/index.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { machinesInventoryText } from './inventory.ts';
import { planMachines } from './plan.ts';

const draw = { name: 'mixed', token: '0123456789abcdef', subnet: 3, parent: '/labs' };
const image = { key: 'k', append: '', disk: '/d' };
const machines = (['kvm', 'xen', 'plain'] as const).map((machine) => ({
  ...{ machine, image, memory: 2 ** 31 },
}));
const lab: MachinesRecord = {
  ...{ kind: 'machines', ...planMachines(draw, machines), maker: 'me', startedAt: 'now' },
  ...{ accelerator: 'tcg', diskCache: 'unsafe', shared: 'nfs', linkRate: 12_500_000 },
};
const load = (record: MachinesRecord) =>
  loadInventory('lab.yaml', { read: () => Buffer.from(machinesInventoryText(record)) });

it('is one that can be loaded, with what each machine can do', () => {
  const { hosts, guestAddresses, standIn, lab: from } = load(lab);
  expect(hosts.map(({ name, hypervisors }) => [name, hypervisors])).toEqual([
    ['h1', ['qemu']],
    ['h2', ['xen']],
    ['h3', []],
  ]);
  expect(hosts[1]).toMatchObject({
    ...{ address: '10.77.3.2', bridge: 'br0', emulated: true },
    ssh: { user: 'root', console: '/labs/mixed-01234567/h2/console.log' },
    storages: {
      local: { kind: 'local', path: '/var/lib/vg' },
      shared: { kind: 'nfs', path: '/mnt/shared', serverMemory: 2 ** 31 },
    },
  });
  expect(guestAddresses).toBeDefined();
  expect(standIn).toBe('machines under software emulation on one machine');
  expect(from).toEqual({ name: 'mixed', token: draw.token });
  expect(machinesInventoryText(lab)).toContain('at most 100 Mbit/s');
});

it('has no shared storage where none was asked for, and no emulation under KVM', () => {
  const plain = { ...lab, shared: undefined, linkRate: undefined };
  const { hosts, standIn } = load({ ...plain, accelerator: 'kvm' });
  expect(Object.keys(hosts[0]?.storages ?? {})).toEqual(['local']);
  expect(hosts[0]?.emulated).toBeUndefined();
  expect(standIn).toBe('machines in nested virtualization on one machine');
});
