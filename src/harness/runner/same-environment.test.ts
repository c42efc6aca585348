import { describe, expect, it } from 'vitest';
import type { Environment, HostFacts } from '../results/schema.ts';
import { sameEnvironment } from './same-environment.ts';

const host: HostFacts = {
  ...{ cpu: 'EPYC', cpus: 8, memory: 64e9, kernel: '6.1', clockUncertainty: 0 },
  versions: { qemu: '7.2' },
};
const machine = { cpu: 'EPYC', cpus: 8, memory: 64e9, distribution: 'Debian', kernel: '6.1' };

function on(names: readonly string[], changes: Partial<HostFacts> = {}): Environment {
  return {
    ...{ virtgauge: '1', node: '20', machine, versions: { qemu: '7.2' }, storages: {} },
    hosts: Object.fromEntries(names.map((name) => [name, { ...host, ...changes }])),
  };
}

const local: Environment = { ...on([]) };
delete local.hosts;

describe('on the same hosts', () => {
  it('nothing is to be said', () => {
    for (const rule of ['same', 'alike', 'any'] as const) {
      expect(sameEnvironment(on(['a', 'b']), on(['a', 'b']), rule, 'x')).toEqual(on(['a', 'b']));
      expect(sameEnvironment(local, local, rule, 'x')).toEqual(local);
    }
  });

  it.each(['same', 'alike'] as const)('a change of a host is refused (%s)', (rule) => {
    const now = on(['a'], { kernel: '6.2', versions: { qemu: '8.0' } });
    expect(() => sameEnvironment(on(['a']), now, rule, 'x')).toThrow(
      /kernel of a was 6\.1, is 6\.2; qemu of a was 7\.2, is 8\.0[^]*--other-hosts/,
    );
  });

  it('a change of a storage is refused, another virtgauge is told', () => {
    const facts = { kind: 'local', label: 'local', filesystem: 'ext4', free: 1, directIo: true };
    const storages = { local: { ...facts, device: '254:1', reflink: false } };
    const rebooted = { local: { ...storages.local, device: '254:2', free: 2 } };
    const before = { ...local, storages };
    const now = { ...local, storages: { local: { ...storages.local, filesystem: 'xfs' } } };
    expect(() => sameEnvironment(before, now, 'same', 'x')).toThrow(
      'filesystem of storage local was ext4, is xfs',
    );
    const newer = { ...local, storages: rebooted, virtgauge: '2' };
    expect(sameEnvironment(before, newer, 'same', 'x').resumed).toEqual([
      'The run was resumed by virtgauge 2; before by 1.',
    ]);
  });

  it('what was there, and is no more, is refused', () => {
    const now = { ...local, versions: {} };
    expect(() => sameEnvironment(local, now, 'same', 'x')).toThrow('qemu was 7.2, is unknown');
  });

  it('a change of this machine is refused', () => {
    const now = { ...local, machine: { ...machine, cpus: 4 } };
    expect(() => sameEnvironment(local, now, 'same', 'x')).toThrow('cpus was 8, is 4');
  });
});

describe('on other hosts', () => {
  it('is refused where hosts are named by the user', () => {
    expect(() => sameEnvironment(on(['a']), on(['c']), 'same', 'x')).toThrow('hosts was a, is c');
    expect(() => sameEnvironment(on(['a', 'b']), on(['b', 'a']), 'same', 'x')).toThrow('hosts');
  });

  it('goes on where they are alike, tells so, and keeps what the first were like', () => {
    const second = sameEnvironment(
      on(['n1', 'n2']),
      on(['n3', 'n2'], { memory: 64.5e9 }),
      'alike',
      'x',
    );
    expect(Object.keys(second.hosts ?? {})).toEqual(['n1', 'n2', 'n3']);
    expect(second.resumed).toEqual([
      'The run was resumed on other hosts: n3, n2; before on n1, n2.',
    ]);
    const third = sameEnvironment(second, on(['n1', 'n3']), 'alike', 'x');
    expect(third.resumed).toEqual(second.resumed);
    expect(sameEnvironment(third, on(['n9']), 'alike', 'x').resumed).toHaveLength(2);
  });

  it.each([
    [{ cpu: 'Xeon' }, 'cpu of n2 was EPYC, is Xeon'],
    [{ cpus: 16 }, 'cpus of n2 was 8, is 16'],
    [{ memory: 128e9 }, 'memory of n2 was 64000000000'],
    [{ kernel: '5.14' }, 'kernel of n2'],
    [{ versions: { qemu: '9.0' } }, 'qemu of n2 was 7.2, is 9.0'],
  ])('is refused where they differ by %j', (changes, text) => {
    expect(() => sameEnvironment(on(['n1']), on(['n2'], changes), 'alike', 'x')).toThrow(text);
  });

  it('goes on anywhere if asked to, and tells every difference', () => {
    const { resumed } = sameEnvironment(on(['n1']), on(['m1'], { cpu: 'Xeon' }), 'any', 'x');
    expect(resumed?.join()).toMatch(/other hosts: m1; before on n1.*cpu of m1 was EPYC, is Xeon/);
  });

  it('does not take hosts for this machine', () => {
    expect(() => sameEnvironment(local, on(['n1']), 'alike', 'x')).toThrow('hosts was none, is n1');
    expect(() => sameEnvironment(on(['n1']), local, 'alike', 'x')).toThrow('hosts was n1, is none');
    expect(sameEnvironment(local, on(['n1']), 'any', 'x').resumed).toHaveLength(2);
  });
});
