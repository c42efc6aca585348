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

const choose = (arms: Levels[]) =>
  chooseAccelerators(arms, [plain, xen], () => {
    throw new Error('nothing is to be probed');
  });

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
  const { used } = await choose([
    arm({ accelerator: 'kvm' }),
    arm({}),
    arm({ hypervisor: 'xen', accelerator: 'auto' }),
    arm({ hypervisor: 'xen', accelerator: 'auto', guests: 2 }),
  ]);
  expect(used).toEqual([
    { hypervisor: 'qemu', name: 'kvm', emulated: false, why: 'asked for' },
    { hypervisor: 'qemu', name: 'tcg', emulated: true, why: 'asked for' },
    {
      ...{ hypervisor: 'xen', name: 'xen-pvh', emulated: true },
      why: 'asked for, on hosts that are emulated',
    },
  ]);
});
