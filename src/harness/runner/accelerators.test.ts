import { expect, it } from 'vitest';
import { thisMachine } from '../../platform/remote/this-machine.ts';
import { levelsSchema, type Levels } from '../scenario/levels.ts';
import { chooseAccelerators } from './accelerators.ts';

const arm = (levels: Partial<Levels>): Levels => ({
  ...levelsSchema.parse({}),
  ...{ storage: '', accelerator: 'tcg' },
  ...levels,
});
const plain = thisMachine('/nonexistent');
const xen = { ...plain, name: 'x', hypervisors: ['xen'], emulated: true };

const choose = (arms: Levels[], named = false) =>
  chooseAccelerators(
    arms,
    [plain, xen],
    () => {
      throw new Error('nothing is to be probed');
    },
    named,
  );

it('is what an arm names, and for Xen what has the least to emulate', async () => {
  const arms = [
    arm({}),
    arm({ hypervisor: 'xen', accelerator: 'auto' }),
    arm({ hypervisor: 'xen', accelerator: 'xen-pv' }),
  ];
  const { of } = await choose(arms);
  expect(arms.map(of)).toEqual(['tcg', 'xen-pvh', 'xen-pv']);
});

it('is told with what is emulated: TCG itself, and all on an emulated host', async () => {
  const { facts } = await choose([
    arm({ accelerator: 'kvm' }),
    arm({}),
    arm({ hypervisor: 'xen', accelerator: 'auto' }),
    arm({ hypervisor: 'xen', accelerator: 'auto', guests: 2 }),
  ]);
  expect(facts).toMatchObject({
    'qemu/kvm': { name: 'kvm', emulated: false, why: 'asked for' },
    'qemu/tcg': { name: 'tcg', emulated: true, why: 'asked for', disk: 'virtio-blk, QEMU' },
    'xen/auto': { name: 'xen-pvh', emulated: true, why: 'asked for', inside: 'tcg' },
  });
});

it('is told with the hosts where these have names', async () => {
  const { facts } = await choose(
    [arm({}), arm({ hypervisor: 'xen', accelerator: 'xen-pv' })],
    true,
  );
  expect(Object.values(facts).map(({ hosts }) => hosts)).toEqual([['localhost'], ['x']]);
});
