import { expect, it } from 'vitest';
import { mostHosts, planLab } from './plan.ts';

const request = { name: 'lab', token: '0123456789abcdef', subnet: 3, parent: '/labs', hosts: 3 };

it('gives every host names and an address of its own', () => {
  const { hosts } = planLab({ ...request, hosts: mostHosts });
  for (const key of ['name', 'address', 'namespace', 'port', 'folder'] as const) {
    expect(new Set(hosts.map((host) => host[key])).size).toBe(mostHosts);
  }
  expect(hosts[1]).toMatchObject({ name: 'h2', address: '10.77.3.2' });
});

it('has no name of an interface that the kernel would refuse', () => {
  const { uplink, hosts } = planLab({ ...request, hosts: mostHosts });
  for (const name of [uplink, ...hosts.map(({ port }) => port)]) {
    expect(name.length).toBeLessThanOrEqual(15);
  }
});
