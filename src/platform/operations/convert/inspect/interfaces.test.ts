import { expect, it } from 'vitest';
import { carrierOf, isNamedBySlot, parseNetwork } from './interfaces.ts';
import { separator } from './look.ts';

const link = (ifname: string, more: object) => ({
  ...{ ifindex: 2, ifname, flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'], mtu: 1500 },
  ...{ qdisc: 'fq_codel', operstate: 'UP', link_type: 'ether', addr_info: [] },
  ...more,
});
const loopback = {
  ...{ ifindex: 1, ifname: 'lo', flags: ['LOOPBACK', 'UP', 'LOWER_UP'], mtu: 65536 },
  ...{ link_type: 'loopback', address: '00:00:00:00:00:00' },
  addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }],
};
const address = { family: 'inet', local: '10.77.0.1', prefixlen: 24, scope: 'global' };
const linkLocal = { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' };

function network(
  links: object[],
  routes: object[] | string,
  devices: string,
  named = '',
  bonds = '',
) {
  const printed = typeof routes === 'string' ? routes : JSON.stringify(routes);
  const parts = [JSON.stringify(links), printed, devices, bonds, named];
  return parseNetwork(parts.join(`\n${separator}`));
}

it('finds the card that carries the address, and the files that name it', () => {
  const found = network(
    [
      loopback,
      link('enp3s0', { address: '52:54:00:AA:00:01', addr_info: [address, linkLocal] }),
      link('eno2', { address: '52:54:00:aa:00:02', flags: ['BROADCAST'] }),
    ],
    [{ dst: 'default', gateway: '10.77.0.254', dev: 'enp3s0', flags: [] }],
    'enp3s0 1000 0000:03:00.0\neno2 -1 0000:04:00.0\n',
    '/etc/network/interfaces:9:enp3s0\n/etc/network/interfaces:10:enp3s0\n',
  );
  expect(found).toEqual({
    interfaces: [
      {
        ...{ name: 'enp3s0', mac: '52:54:00:aa:00:01', addresses: ['10.77.0.1/24'], mtu: 1500 },
        ...{ physical: true, pci: '0000:03:00.0', speed: 125_000_000 },
      },
    ],
    ...{ main: 'enp3s0', gateway: '10.77.0.254' },
    configurations: [{ file: '/etc/network/interfaces', names: ['enp3s0'] }],
  });
  expect(carrierOf(found)?.name).toBe('enp3s0');
});

it('takes tunnels that lie on no device, as the kernel makes one of each kind', () => {
  const tunnel = { link: null, flags: ['NOARP'], link_type: 'sit', address: '0.0.0.0' };
  const card = link('eth0', { address: '52:54:00:aa:00:01', addr_info: [address] });
  const bridge = link('gretap0', { ...tunnel, flags: ['UP'], link_type: 'ether' });
  const found = network([loopback, link('sit0', tunnel), bridge, card], [], 'eth0 1000\n');
  expect(found.interfaces.map(({ name, on }) => [name, on])).toEqual([
    ['gretap0', undefined],
    ['eth0', undefined],
  ]);
});

it.each<[string, string | undefined, string]>([
  ['default via 192.168.255.1 dev eth0 metric 20', '192.168.255.1', 'eth0'],
  ['default dev ppp0 scope link \ndefault via 10.77.0.254 dev eth0 metric 9', undefined, 'ppp0'],
  // Several at once: the interface is taken by its address.
  ['default proto static \n\tnexthop via 10.77.0.2 dev eth7 weight 1', undefined, 'eth1'],
])('reads the text of iproute2 4.15: %j', (route, gateway, main) => {
  const addressed = link('eth1', { address: '52:54:00:00:00:01', addr_info: [address] });
  const found = network([loopback, addressed], `${route} \n`, 'eth1 -1 0000:00:04.0\n');
  expect([found.gateway, found.main]).toEqual([gateway, main]);
});

it('knows a bond that both ends have agreed on', () => {
  const links = [loopback, link('bond0', { address: '52:54:00:00:00:01', addr_info: [address] })];
  expect(network(links, [], '', '', '/proc/net/bonding/bond0\n').negotiated).toEqual(['bond0']);
  expect(network(links, [], '')).not.toHaveProperty('negotiated');
});

it('finds the card below a bridge, without a route', () => {
  const found = network(
    [
      link('eth0', { address: '52:54:00:00:00:01', master: 'br0' }),
      link('br0', { address: '02:76:0a:4d:00:01', addr_info: [address] }),
    ],
    '',
    'eth0 -1 0000:00:04.0\n',
  );
  expect(found.main).toBe('br0');
  expect(carrierOf(found)).toMatchObject({ name: 'eth0', mac: '52:54:00:00:00:01' });
});

it('finds the first card of a bond, which has given all of them one address', () => {
  const bonded = { address: '52:54:00:00:00:02', master: 'bond0' };
  const found = network(
    [
      link('eth0', { ...bonded, permaddr: '52:54:00:00:00:0A' }),
      link('eth1', bonded),
      link('bond0', { address: '52:54:00:00:00:02', addr_info: [address] }),
    ],
    '',
    'eth0 1000 0000:00:04.0\neth1 1000 0000:00:05.0\n',
  );
  const [, second] = found.interfaces;
  expect(carrierOf(found)).toMatchObject({
    ...{ name: 'eth0', mac: '52:54:00:00:00:02', permanentMac: '52:54:00:00:00:0a' },
  });
  expect(second).not.toHaveProperty('permanentMac');
});

it('sees InfiniBand, which carries no machine that is a guest', () => {
  const mac = '80:00:02:08:fe:80:00:00:00:00:00:00:e4:1d:2d:03:00:aa:bb:cc:dd'.slice(3);
  const ib = link('ib0', { link_type: 'infiniband', address: mac, addr_info: [address] });
  const found = network([loopback, ib], '', 'ib0 100000 0000:81:00.0\n');
  expect(found.interfaces).toMatchObject([{ name: 'ib0', physical: true }]);
  expect(carrierOf(found)).toBeUndefined();
});

it('says what ip has printed instead', () => {
  expect(() => parseNetwork('BusyBox v1.35 multi-call binary')).toThrow('BusyBox v1.35');
  expect(() => network([loopback], 'Usage: ip route', '')).toThrow('routes from ip -json');
});

it.each([
  ['enp3s0', true],
  ['ens3', true],
  ['eno1np0', true],
  ['enP2p1s0f1', true],
  ['em1', true],
  ['p2p1', true],
  ['eth0', false],
  ['enx5254000000aa', false],
  ['lan0', false],
  ['embedded', false],
])('%s is called after its place: %s', (name, expected) => {
  expect(isNamedBySlot(name)).toBe(expected);
});
