import { expect, it } from 'vitest';
import { mostMachines } from './asked.ts';
import { planMachines } from './plan.ts';

const draw = { name: 'lab', token: '0123456789abcdef', subnet: 3, parent: '/labs' };
const xen = {
  machine: 'xen',
  image: { key: 'k', append: '', disk: '/cache/disk.raw' },
  memory: 2 ** 31,
} as const;
const plan = (count: number) =>
  planMachines(
    draw,
    Array.from({ length: count }, () => xen),
  );

it('gives every machine names and addresses of its own', () => {
  const { hosts } = plan(mostMachines);
  for (const key of ['name', 'address', 'port', 'mac', 'folder'] as const) {
    expect(new Set(hosts.map((host) => host[key])).size).toBe(mostMachines);
  }
  expect(hosts[1]).toMatchObject({ name: 'h2', address: '10.77.3.2', ...xen });
});

it('has no name of an interface that the kernel would refuse', () => {
  // A capped wire has more ends, each with a letter behind the name.
  for (const { port } of plan(mostMachines).hosts)
    expect(`${port}b`.length).toBeLessThanOrEqual(15);
});

it('gives cards addresses that no guest and no group has', () => {
  for (const { mac } of plan(3).hosts) {
    expect(mac).toMatch(/^06(:[0-9a-f]{2}){5}$/);
  }
});
