import { expect, it } from 'vitest';
import { separator } from './look.ts';
import { parseProcessor } from './processor.ts';

const one = (number: number) =>
  `processor\t: ${number}\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) CPU E5-2620\nflags\t\t: fpu vmx sse2\n`;

it('reads a server', () => {
  expect(parseProcessor(`${one(0)}\n${one(1)}${separator}kvm\n`)).toEqual({
    ...{ model: 'Intel(R) Xeon(R) CPU E5-2620', vendor: 'GenuineIntel', count: 2 },
    ...{ virtualization: 'vmx', flags: ['fpu', 'vmx', 'sse2'], guest: false, kvm: true },
  });
});

it('reads a guest without virtualization', () => {
  const text = 'processor : 0\nvendor_id : AuthenticAMD\nflags : fpu hypervisor\n';
  expect(parseProcessor(text)).toEqual({
    ...{ model: 'unknown', vendor: 'AuthenticAMD', count: 1 },
    ...{ flags: ['fpu', 'hypervisor'], guest: true, kvm: false },
  });
});
