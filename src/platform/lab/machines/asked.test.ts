import { expect, it } from 'vitest';
import { mostMachines, parseMachines } from './asked.ts';

it('names a kind for each host, in the order written', () => {
  expect(parseMachines('xen:2')).toEqual(['xen', 'xen']);
  expect(parseMachines('kvm:1,xen:2, plain')).toEqual(['kvm', 'xen', 'xen', 'plain']);
  expect(parseMachines(`plain:${mostMachines}`)).toHaveLength(mostMachines);
});

it.each(['', 'xen:0', 'xen:-1', 'esx:1', 'xen:1.5', 'xen=2', 'xen:2,', 'XEN:1', '2', 'xen:99999'])(
  'is not %j',
  (text) => {
    expect(() => parseMachines(text)).toThrow('such as xen:2 or kvm:1,xen:1');
  },
);

it('is not more than one machine could bear', () => {
  expect(() => parseMachines('xen:10,kvm:7')).toThrow('at most 16 machines, got 17');
});
