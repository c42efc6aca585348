import { expect, it } from 'vitest';
import type { AcceleratorChoice, AcceleratorProbe } from '../../platform/hypervisor/accelerator.ts';
import { commonAccelerator } from './accelerator.ts';

const booted = (name: 'kvm' | 'tcg', bootTime: number): AcceleratorProbe => ({
  ...{ name, bootTime },
  state: 'booted',
});
const absent: AcceleratorProbe = { name: 'kvm', state: 'absent', reason: 'no /dev/kvm' };

function choose(...hosts: [AcceleratorProbe, AcceleratorProbe][]) {
  const choices = hosts.map((probes, index): [string, AcceleratorChoice] => {
    const times = probes.map((probe) => (probe.state === 'booted' ? probe.bootTime : Infinity));
    const chosen = (times[0] ?? 0) < (times[1] ?? 0) ? 'kvm' : 'tcg';
    return [`h${index + 1}`, { chosen, probes }];
  });
  return commonAccelerator(new Map(choices));
}

it('is what every host would choose', () => {
  const { chosen, why } = choose(
    [booted('kvm', 1), booted('tcg', 3)],
    [booted('kvm', 2), booted('tcg', 3)],
  );
  expect(chosen).toBe('kvm');
  expect(why).toMatch(/^h1: kvm: micro guest up in 1.0 s.* \| h2: kvm: micro guest up in 2.0 s/);
});

it('is told once where all hosts say the same', () => {
  const { why } = choose([absent, booted('tcg', 3)], [absent, booted('tcg', 3)]);
  expect(why).toBe('kvm: no /dev/kvm; tcg: micro guest up in 3.0 s');
});

it('is one that starts guests on all of them', () => {
  expect(choose([booted('kvm', 1), booted('tcg', 3)], [absent, booted('tcg', 3)])).toMatchObject({
    chosen: 'tcg',
    why: expect.stringMatching(/^starts guests on every host; h1: /) as string,
  });
});

it('must be there', () => {
  const failed = { name: 'tcg', state: 'failed', reason: 'no QEMU' } as const;
  expect(() => choose([booted('kvm', 1), failed], [absent, booted('tcg', 3)])).toThrow(
    /expected one that starts guests on every host, found none \(h1: /,
  );
});
