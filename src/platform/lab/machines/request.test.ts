import { expect, it } from 'vitest';
import { checkMachinesRequest } from './request.ts';

const place = { name: 'lab', stateDirectory: '/state', cache: '/cache' };

it('wants a host of guests where hosts share', () => {
  expect(() =>
    checkMachinesRequest({ ...place, machines: ['plain', 'plain'], shared: 'nfs' }),
  ).toThrow('--shared: expected a machine that hosts guests, got 2 of kind plain');
  checkMachinesRequest({ ...place, machines: ['plain', 'kvm'], shared: 'nfs' });
});
