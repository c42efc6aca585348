import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryBlock, roomFor, stepsOf, type Subject } from './changes.ts';

const spec: Subject['spec'] = {
  ...{ vcpus: 2, memory: 4 * memoryBlock, mac: '52:54:00:01:02:03' },
  network: { kind: 'bridge', bridge: 'br0', address: '10.0.0.5/24' },
};
const disks = ['/a', '/b', '/c'];
const steps = (device: Subject['levels']['device'], amount: number) =>
  stepsOf({ levels: { device, amount }, spec, disks });

it('brings vCPUs and memory in at once, and takes all of it out again', () => {
  expect(steps('vcpu', 3).map((step) => [step.in, step.out(undefined)])).toEqual([
    [
      { device: 'vcpu', vcpus: 5 },
      { device: 'vcpu', vcpus: 2 },
    ],
  ]);
  const [dimm] = steps('dimm', 2);
  expect(dimm?.in).toEqual({ device: 'memory', by: 'dimm', bytes: 6 * memoryBlock });
  expect(dimm?.out(undefined)).toEqual({ device: 'memory', by: 'dimm', bytes: 4 * memoryBlock });
  const [balloon] = steps('balloon', 1);
  expect(balloon?.out(undefined)).toMatchObject({ bytes: 3 * memoryBlock });
  expect(balloon?.in).toMatchObject({ bytes: 4 * memoryBlock });
});

it('attaches as many disks and interfaces as are asked for, each of its own', () => {
  expect(steps('disk', 2).map((step) => step.in)).toMatchObject([
    { attach: { path: '/a' } },
    { attach: { path: '/b' } },
  ]);
  expect(steps('disk', 1)[0]?.out('vdb')).toEqual({ device: 'disk', detach: 'vdb' });
  const nics = steps('nic', 4).map((step) => step.in);
  const macs = nics.map((change) => ('attach' in change ? JSON.stringify(change.attach) : ''));
  expect(new Set(macs).size).toBe(4);
  // The address is the guest's first interface's.
  expect(macs.join()).not.toContain('10.0.0.5');
  expect(macs.join()).not.toContain(spec.mac);
});

it('never asks for more than a guest was started for', () => {
  const device = fc.constantFrom('vcpu', 'virtio-mem', 'dimm', 'balloon', 'disk', 'nic');
  fc.assert(
    fc.property(device, fc.integer({ min: 1, max: 16 }), (device, amount) => {
      const levels = { device, amount, vcpus: spec.vcpus, memory: 32 * memoryBlock };
      const room = roomFor(levels);
      for (const step of stepsOf({ levels, spec: { ...spec, ...levels }, disks })) {
        for (const change of [step.in, step.out('vdb')]) {
          if (change.device === 'vcpu') expect(change.vcpus).toBeLessThanOrEqual(room.vcpus);
          if (change.device === 'memory') expect(change.bytes).toBeLessThanOrEqual(room.memory);
        }
      }
    }),
  );
});
