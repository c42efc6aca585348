import { expect, it } from 'vitest';
import type { GuestSpec } from '../../hypervisor.ts';
import { sizeOptions } from './reserve.ts';

const mebibyte = 2 ** 20;
const spec = { vcpus: 1, memory: 256 * mebibyte, machine: 'pc' } as GuestSpec;

it('gives a guest what it has, and nothing else, where nothing may come', () => {
  expect(sizeOptions(spec).join(' ')).toBe('-smp 1 -m 256M');
});

it('makes room for more vCPUs and for memory in either way', () => {
  const text = sizeOptions({ ...spec, maximum: { vcpus: 4, memory: 511 * mebibyte } }).join(' ');
  expect(text).toContain('-smp 1,maxcpus=4 -m size=256M,slots=16,maxmem=768M');
  expect(text).toContain('memory-backend-ram,id=vmem0-ram,size=256M');
  expect(text).toContain('virtio-balloon-pci');
});

it('needs no room for memory that cannot come, nor fewer vCPUs than there are', () => {
  const text = sizeOptions({ ...spec, maximum: { vcpus: 0, memory: 0 } }).join(' ');
  expect(text).toBe('-smp 1,maxcpus=1 -m 256M -device virtio-balloon-pci,id=balloon0');
});

it('gives a guest of type q35 ports for what may come', () => {
  const text = sizeOptions({
    ...{ ...spec, machine: 'q35', maximum: { vcpus: 2, memory: spec.memory } },
  }).join(' ');
  expect(text.match(/pcie-root-port,id=hot\d,chassis=\d/g)).toHaveLength(4);
});
