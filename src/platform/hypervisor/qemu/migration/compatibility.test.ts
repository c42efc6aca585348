import { expect, it } from 'vitest';
import type { Host } from '../../../remote/host.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import { expectKnownMethod, expectSameCpu, expectSameMachine } from './compatibility.ts';
import { plainMethod } from './qemu-pair.example.ts';

const spec = {
  name: 'mover',
  machine: 'pc',
  cpu: 'qemu64',
  accelerator: 'kvm',
  vcpus: 1,
  memory: 2 ** 28,
  hugepages: false,
  disk: { queues: 1 },
  mac: '52:54:00:00:00:01',
} as GuestSpec;

it('accepts what the guest does not see', () => {
  const target = {
    ...spec,
    directory: '/other',
    network: { kind: 'bridge', bridge: 'b' },
  } as const;
  expect(() => expectSameMachine(spec, target)).not.toThrow();
});

it.each([
  [{ machine: 'q35' as const }, 'the same machine type on both hosts, got pc and q35'],
  [{ cpu: 'EPYC' }, 'the same CPU model on both hosts, got qemu64 and EPYC'],
  [{ vcpus: 2 }, 'number of vCPUs on both hosts, got 1 and 2'],
  [{ memory: 2 ** 29 }, 'memory on both hosts, got 268435456 and 536870912'],
  [{ mac: '52:54:00:00:00:02' }, 'MAC'],
  [{ disk: { ...spec.disk, queues: 4 } }, 'number of disk queues'],
])('names what differs: %o', (changes, message) => {
  expect(() => expectSameMachine(spec, { ...spec, ...changes })).toThrow(message);
});

it('names a transport that is not its own', () => {
  expect(() => expectKnownMethod({ ...plainMethod, transport: 'tunnelled' })).toThrow('tunnelled');
});

interface Machine {
  name: string;
  version?: string;
  model?: string;
  flags?: string;
  boot?: string;
  /** Which QEMU makes of its CPU. */
  props?: Record<string, boolean>;
}
const host = ({ name, version = '7.2.22', model = 'EPYC', ...more }: Machine) => {
  const { flags = 'a b', boot = name, props } = more;
  const answers = `{"QMP": {}}\n{"return": {}}\n${JSON.stringify({ return: { model: { name: 'max', props } } })}\n`;
  return {
    name,
    shell: {
      run: ([, option]: string[]) =>
        Promise.resolve({
          stdout: option === '--version' ? `QEMU emulator version ${version} (Debian)\n` : answers,
        }),
      readFile: (path: string) =>
        Promise.resolve(
          Buffer.from(
            path === '/proc/cpuinfo'
              ? `processor\t: 0\nmodel name\t: ${model}\nflags\t\t: ${flags}\n`
              : `${boot}\n`,
          ),
        ),
    },
  } as unknown as Host;
};
const one = host({ name: 'one' });
const max = { ...spec, cpu: 'max' };

it.each([
  ['another QEMU', { version: '8.0.1' }, 'got 7.2.22 on one and 8.0.1 on two'],
  ['another CPU', { model: 'Xeon' }, 'got EPYC on one and Xeon on two'],
  ['other flags', { flags: 'a' }, 'with other flags'],
])('does not take a guest with all that its host can do to %s', async (_, changes, message) => {
  const two = host({ name: 'two', ...changes });
  await expect(expectSameCpu(one, two, max)).rejects.toThrow(message);
  await expect(expectSameCpu(one, two, { ...spec, cpu: 'host,-svm' })).rejects.toThrow('qemu64');
  await expect(expectSameCpu(one, two, spec)).resolves.toBeUndefined();
});

it('takes it to one of which the kernel alone tells other flags', async () => {
  const three = host({ name: 'three', props: { avx: true, svm: false } });
  const same = host({ name: 'four', flags: 'a', props: { svm: false, avx: true } });
  await expectSameCpu(three, same, max);
  const other = host({ name: 'five', flags: 'a', props: { avx: false, svm: false } });
  await expect(expectSameCpu(three, other, max)).rejects.toThrow('with other flags');
});

it('takes it to the same CPU, with flags in any order, and anywhere if it is emulated', async () => {
  await expectSameCpu(one, host({ name: 'two', flags: 'b a' }), max);
  await expectSameCpu(one, host({ name: 'two', model: 'Xeon', boot: 'one' }), max);
  await expectSameCpu(one, host({ name: 'two', model: 'Xeon' }), { ...max, accelerator: 'tcg' });
});
