import { expect, it } from 'vitest';
import { chooseHost } from './placing.ts';
import { emptyMaster, type MasterState, type OperationRecord } from '../state.ts';
import { Refusal } from '../../wire/refusal.ts';

const spec = { vcpus: 1, memory: 2 ** 28, disk: 2 ** 28, image: 'micro' };

function stateOf(hypervisors: Readonly<Record<string, string>>): MasterState {
  const room = { cpu: 4, memory: 2 ** 32, disk: 2 ** 36, storages: [], boot: 'first' };
  const hosts = Object.entries(hypervisors).map(([name, hypervisor]) => [
    name,
    { name, registered: { ...room, hypervisor, address: `${name}:7471` } },
  ]);
  const guests = { web: { ...spec, name: 'web', host: 'a', state: 'running' as const } };
  return { ...emptyMaster(), guests, hosts: Object.fromEntries(hosts) as MasterState['hosts'] };
}

const move = { guest: 'web', spec, not: 'a', from: 'a', policy: 'smps-reconstructed' };

it('moves a guest among hosts of its hypervisor only', () => {
  const state = stateOf({ a: 'libvirt', b: 'qemu', c: 'libvirt', d: 'xen' });
  expect(chooseHost(state, () => true, move).host).toBe('c');
  const full = stateOf({ a: 'libvirt', b: 'qemu', d: 'xen' });
  expect(() => chooseHost(full, () => true, move)).toThrow(/no place for web: .*hypervisor on 2/);
});

it('says so where a host is named that has another', () => {
  const state = stateOf({ a: 'libvirt', b: 'qemu', c: 'libvirt' });
  expect(() => chooseHost(state, () => true, { ...move, only: 'b' })).toThrow(
    'web is a guest of libvirt, b has qemu: guests stay with their hypervisor',
  );
});

it('creates one on whatever host has room', () => {
  const state = stateOf({ a: 'libvirt', b: 'xen' });
  const question = { guest: 'new', spec, policy: 'smps-reconstructed' };
  expect(chooseHost(state, (host) => host === 'b', question).host).toBe('b');
});

it('takes turns, and draws, from one guest to the next', () => {
  const hypervisors = { a: 'qemu', b: 'qemu', c: 'qemu' };
  const begun = { action: 'create', digest: '', state: 'done', at: 0 } as const;
  const chosen = (policy: string) => {
    const state = stateOf(hypervisors);
    return Array.from({ length: 12 }, (_, index) => {
      const guest = `new-${index}`;
      const { host } = chooseHost(state, () => true, { guest, spec, policy });
      (state.operations as Record<string, OperationRecord>)[guest] = {
        ...begun,
        id: guest,
        guest,
        host,
      };
      return host;
    });
  };
  expect(chosen('round-robin').join('')).toMatch(/^(abc|bca|cab){4}$/);
  expect(new Set(chosen('random')).size).toBe(3);
});

it('refuses a policy that there is not', () => {
  const question = { guest: 'new', spec, policy: 'by-taste' };
  expect(() => chooseHost(stateOf({ a: 'qemu' }), () => true, question)).toThrow(Refusal);
});
