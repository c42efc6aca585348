import { expect, it } from 'vitest';
import { needsOf } from './look-at-machines.ts';

const GiB = 2 ** 30;
const machine = (processors: number) => ({
  processor: { count: processors },
  memory: { total: 8 * GiB },
  disks: [{ size: 40 * GiB }, { size: 10 * GiB }],
});
const needs = (processors: number, cores: number) =>
  needsOf('web', machine(processors) as Parameters<typeof needsOf>[1], cores);

it('needs all of its memory and disks, since its guest gets them', () => {
  expect(needs(4, 0.5)).toEqual({ name: 'web', vcpus: 1, memory: 8 * GiB, disk: 50 * GiB });
});

it.each([
  { processors: 8, cores: 0, vcpus: 1, why: 'one at least' },
  { processors: 8, cores: 0.8, vcpus: 1, why: 'a vCPU may be at work for 80 %' },
  { processors: 8, cores: 0.81, vcpus: 2, why: 'a vCPU may be at work for 80 %' },
  { processors: 8, cores: 3, vcpus: 4, why: 'as was measured' },
  { processors: 2, cores: 2, vcpus: 2, why: 'no more than it has' },
])('needs $vcpus for $cores cores of $processors: $why', ({ processors, cores, vcpus }) => {
  expect(needs(processors, cores).vcpus).toBe(vcpus);
});
