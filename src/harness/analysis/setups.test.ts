import { expect, it } from 'vitest';
import type { Environment } from '../results/schema.ts';
import { setupsOf } from './setups.ts';
import { syntheticHypervisors } from './synthetic-hypervisors.example.ts';
import { syntheticRun } from './synthetic-run.example.ts';

it('lists what else differs between hypervisors, and what does not', () => {
  const setups = setupsOf(syntheticHypervisors({ blocks: 0 }).run);
  expect(setups?.names).toEqual([
    'QEMU, KVM inside TCG',
    'QEMU, TCG inside TCG',
    'Xen PVH inside TCG',
    'Xen PV inside TCG',
  ]);
  const rows = new Map(setups?.rows.map(({ what, values }) => [what, values]));
  expect([...rows.keys()]).toEqual([
    ...['hosts', 'host CPUs', 'host memory', 'disk', 'network', 'qemu', 'xen'],
  ]);
  expect(rows.get('disk')).toEqual([
    ...['virtio-blk, QEMU', 'virtio-blk, QEMU'],
    ...['xen-blkfront, xen-blkback', 'xen-blkfront, xen-blkback'],
  ]);
  expect(rows.get('xen')).toEqual(['–', '–', '4.17.7', '4.17.7']);
  expect(setups?.same).toEqual([
    ...['emulated: yes, as the host itself is', 'host kernel: 6.1.0-56-amd64'],
    ...['guest kernel: 6.1.0-56-cloud', '128 MiB memory', '1 vcpu'],
  ]);
});

it('tells emulated from not', () => {
  const setups = setupsOf(syntheticHypervisors({ blocks: 0, emulated: false }).run);
  expect(setups?.rows[0]).toEqual({ what: 'emulated', values: ['no', 'yes', 'no', 'no'] });
});

it('says nothing where all guests ran in one way', () => {
  expect(setupsOf(syntheticRun({ blocks: 0 }).run)).toBeUndefined();
});

it('without hosts speaks of this machine', () => {
  const { run } = syntheticHypervisors({
    blocks: 0,
    emulated: false,
    factors: { accelerator: ['kvm', 'tcg'] },
    exists: () => true,
  });
  const environment: Environment = { ...run.environment };
  delete environment.hosts;
  delete environment.accelerators;
  const setups = setupsOf({ ...run, environment });
  expect(setups?.rows).toEqual([{ what: 'emulated', values: ['no', 'yes'] }]);
  expect(setups?.same).toContain('hosts: this machine');
});

it('may find that nothing differs but what ran the guests', () => {
  const setups = setupsOf(
    syntheticHypervisors({
      blocks: 0,
      factors: { hypervisor: ['xen'], accelerator: ['xen-pvh', 'xen-pv'] },
    }).run,
  );
  expect(setups?.rows).toEqual([]);
  expect(setups?.same).toContain('hosts: x1');
});
