import { expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { loadText } from '../load-text.example.ts';

function problems(text: string): string[] {
  try {
    loadText(text);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split('\n');
  }
}

const start = 'name: x\nstorages: { shared: { kind: shared-directory } }\nmeasure: { failover: {}';

it('stands alone', () => {
  expect(problems(`${start} }`)).toEqual([]);
  expect(problems(`${start}, creation: {} }`).join()).toMatch(
    /measure.creation: expected nothing beside measure.failover/,
  );
});

it.each([
  ['fixed: { hypervisor: libvirt }', /fixed.hypervisor: expected qemu .* got libvirt/],
  ['factors: { guests: [1, 2] }', /factors.guests: expected 1 .* got 1, 2/],
  ['guest: { image: /tmp/debian.qcow2 }', /guest.image: expected micro .* got/],
  ['fixed: { suspectAfter: 2s, fenceAfter: 3s }', /suspectAfter 2 with fenceAfter 3 cannot be/],
])('has a guest that agents can make, and rules that keep it single: %s', (more, message) => {
  expect(problems(`${start} }\n${more}`).join()).toMatch(message);
});
