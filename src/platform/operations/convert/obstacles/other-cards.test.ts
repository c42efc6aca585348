import { expect, it } from 'vitest';
import { fixture } from '../inspect/fixture.example.ts';
import { exampleInspection } from '../inspect/inspection.example.ts';
import { carrierOf, parseNetwork, type Interface } from '../inspect/interfaces.ts';
import { separator } from '../inspect/look.ts';
import { lookAtOtherCards } from './other-cards.ts';

/** What is found where these are beside eth0, which has the machine's address. */
function seen(...more: Partial<Interface>[]) {
  const { network, carrier } = exampleInspection();
  const plain = { ...{ name: '', mac: '52:54:00:aa:00:02', addresses: [], mtu: 1500 } };
  const others = more.map((each) => ({ ...plain, physical: false, ...each }));
  const interfaces = [...network.interfaces, ...others];
  const source = exampleInspection({
    network: { ...network, interfaces },
    ...(carrier && { carrier }),
  });
  return lookAtOtherCards(source, undefined).map(
    ({ kind, message, remedy = '' }) => `${kind} ${message} ${remedy}`,
  );
}

const addresses = ['198.51.100.1/24'];

it('by what ip prints: a bridge on another card, beside what needs no card', () => {
  const parts = [fixture('ip-6.1-addr.json'), fixture('ip-6.1-route.json')];
  const cards = ['eth0', 'eth1', 'eth2'].map((name) => `${name} 1000 0000:00:04.0`).join('\n');
  const network = parseNetwork([...parts, cards].join(`\n${separator}`));
  const carrier = carrierOf(network);
  const found = lookAtOtherCards(
    exampleInspection({ network, ...(carrier && { carrier }) }),
    undefined,
  );
  expect(found).toMatchObject([
    {
      ...{ kind: 'refused', name: 'other-addresses' },
      message: 'a guest has one card, eth0: it would lose the addresses of br1 (198.51.100.1/24)',
    },
    // 169.254.0.2, as the service processor of a server has.
    { kind: 'note', message: 'a guest has one card, eth0: it is without eth2' },
  ]);
});

it.each<[string, Partial<Interface>[]]>([
  ['a second card', [{ name: 'eth1', physical: true, addresses }]],
  [
    'one with an IPv6 address only',
    [{ name: 'eth1', physical: true, addresses: ['2001:db8::1/64'] }],
  ],
  [
    'a VLAN on it',
    [
      { name: 'eth1', physical: true },
      { name: 'eth1.7', on: 'eth1', addresses },
    ],
  ],
  [
    'a VLAN on a bond of others',
    [
      { name: 'eth1', physical: true, master: 'bond0' },
      { name: 'bond0' },
      { name: 'bond0.7', on: 'bond0', addresses },
    ],
  ],
])('refuses %s', (_, more) => {
  expect(seen(...more)).toEqual([expect.stringMatching(/^refused .*would lose .*take it down/)]);
});

it.each<[string, Partial<Interface>[]]>([
  [
    'a bridge of containers',
    [
      { name: 'docker0', addresses },
      { name: 'veth1', master: 'docker0' },
    ],
  ],
  [
    'both ends of a veth',
    [
      { name: 'veth1', on: 'veth2', addresses },
      { name: 'veth2', on: 'veth1' },
    ],
  ],
  ['a VLAN on the same card', [{ name: 'eth0.7', on: 'eth0', addresses }]],
])('finds nothing in %s', (_, more) => {
  expect(seen(...more)).toEqual([]);
});

it('notes a card without an address, and the second one of a bond that goes on with the first', () => {
  const { carrier } = exampleInspection();
  const bonded = [
    { ...carrier, addresses: [], master: 'bond0' },
    { name: 'eth1', physical: true, master: 'bond0' },
    { name: 'bond0', addresses },
  ];
  expect(seen(...bonded.slice(1), { name: 'eth2', physical: true })).toEqual([
    expect.stringMatching(/^refused .*bond0/),
    expect.stringMatching(/^note .* without eth2 $/),
  ]);
  const network = { ...exampleInspection().network, main: 'bond0' };
  const interfaces = bonded.map((each) => ({
    ...{ name: '', mac: '52:54:00:aa:00:01', mtu: 1500, physical: false, addresses: [] },
    ...each,
  }));
  const found = lookAtOtherCards(
    exampleInspection({ network: { ...network, interfaces } }),
    undefined,
  );
  expect(found).toMatchObject([
    { kind: 'note', message: expect.stringContaining('without eth1 of bond0') as string },
  ]);
});
