import { expect, it } from 'vitest';
import type { Inspection } from '../inspect/index.ts';
import { exampleInspection, without } from '../inspect/inspection.example.ts';
import type { Interface } from '../inspect/interfaces.ts';
import { obstaclesOf } from './index.ts';

const example = exampleInspection();
const card: Interface = {
  ...{ name: 'eth0', mac: '52:54:00:aa:00:01', addresses: ['10.77.0.1/24'], mtu: 1500 },
  ...{ physical: true, pci: '0000:03:00.0' },
};

function seen(changes: Partial<Inspection>) {
  const found = obstaclesOf(exampleInspection(changes));
  return {
    found: found.map(({ kind, name }) => `${kind} ${name}`),
    text: found.map(({ message, remedy = '' }) => `${message} ${remedy}`).join('\n'),
  };
}

/** The card otherwise, and what is beside it. */
function withCard(changes: Partial<Interface>, ...more: Interface[]): Partial<Inspection> {
  const carrier = { ...card, ...changes };
  const interfaces = [carrier, ...more];
  return { carrier, network: { ...example.network, interfaces, main: carrier.name } };
}

it('a name by the slot is tied to the hardware address', () => {
  const source = withCard({ name: 'enp3s0' });
  const { network = example.network } = source;
  const configurations = [{ file: '/etc/network/interfaces', names: ['enp3s0'] }];
  const { found, text } = seen({ ...source, network: { ...network, configurations } });
  expect(found).toEqual(['note name-by-slot']);
  expect(text).toContain('(/etc/network/interfaces): it is tied to 52:54:00:aa:00:01');
  const link = { file: '/etc/systemd/network/10-lan.link', names: ['enp3s0'] };
  const tied = { ...network, configurations: [...configurations, link] };
  expect(seen({ ...source, network: tied }).found).toEqual([]);
});

it('an address on no card cannot be taken over', () => {
  expect(obstaclesOf(without(example, 'carrier')).map(({ name }) => name)).toEqual(['no-carrier']);
});

it('needs an IPv4 address', () => {
  const six = '2001:db8::1/64';
  expect(seen(withCard({ addresses: [six] })).found).toEqual(['refused no-ipv4']);
  expect(seen(withCard({ addresses: [six, '192.0.2.1/24'] })).found).toEqual([]);
});

it('has no frames that a tap drops', () => {
  const { found, text } = seen(withCard({ mtu: 9000 }));
  expect(found).toEqual(['refused mtu']);
  expect(text).toContain('(ip link set eth0 mtu 1500)');
  expect(seen(withCard({ mtu: 1400 })).found).toEqual([]);
});

it('tells what a VLAN needs of the target', () => {
  const vlan = { ...card, name: 'eth0.7', on: 'eth0', physical: false };
  const { found, text } = seen(withCard({}, vlan));
  expect(found).toEqual(['note stacked']);
  expect(text).toContain('eth0.7 on eth0: the bridge of the target has to pass its VLAN');
});
