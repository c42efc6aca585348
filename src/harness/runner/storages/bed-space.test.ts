import { expect, it } from 'vitest';
import { levelsSchema, type Levels } from '../../scenario/levels.ts';
import { bedSpace } from './bed-space.ts';

const GiB = 2 ** 30;
const overhead = 32 * 2 ** 20;
const template = { size: 2 * GiB, allocated: 1.5 * GiB };
const arm = (held: Partial<Levels>): Levels => ({
  ...levelsSchema.parse({}),
  ...{ storage: 'a', ...held },
});
const space = (held: Partial<Levels>[], data = GiB, templates = held) =>
  bedSpace({ disks: held.map(arm), templates: templates.map(arm) }, template, data);

it('counts a template for each format, and the guests of the largest trial', () => {
  const copies = [
    { guests: 1, provisioning: 'copy', format: 'raw' },
    { guests: 3, provisioning: 'copy', format: 'qcow2' },
  ] as const;
  expect(space([...copies])).toEqual({ kept: 4 * GiB, trial: 6 * GiB, file: 2 * GiB });
});

it('counts what may be written in a clone', () => {
  const { trial } = space([{ guests: 8, provisioning: 'clone' }]);
  expect(trial).toBe(8 * (GiB + overhead));
});

it('counts what is no hole in a sparse copy, and never more than a disk', () => {
  expect(space([{ provisioning: 'sparse' }]).trial).toBe(1.5 * GiB + overhead);
  expect(space([{ provisioning: 'clone' }], 2 * GiB).trial).toBe(2 * GiB);
});

it('counts no template where it lies elsewhere, and nothing but templates without disks', () => {
  const clone = { provisioning: 'clone', template: 'b' } as const;
  expect(space([clone], GiB, [])).toEqual({
    ...{ kept: 0 },
    trial: GiB + overhead,
    file: GiB + overhead,
  });
  expect(space([], GiB, [clone])).toEqual({ kept: 2 * GiB, trial: 0, file: 2 * GiB });
});

it('counts the trials that are done at once, and a saved state for each host', () => {
  const levels = arm({ guests: 4, hosts: 2, start: 'snapshot', memory: GiB });
  const bed = { disks: [levels], templates: [levels] };
  const one = bedSpace(bed, template, GiB, 2, 1);
  const two = bedSpace(bed, template, GiB, 4, 2);
  expect(two.trial).toBe(2 * one.trial);
  expect(two.kept - 2 * GiB).toBe(2 * (one.kept - 2 * GiB));
});
