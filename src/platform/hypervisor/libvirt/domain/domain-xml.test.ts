import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuestSpec } from '../../hypervisor.ts';
import { tapName } from '../../qemu/command-line.ts';
import { withSerialConsole } from '../../qemu/serial-console.ts';
import { domainXml } from './domain-xml.ts';
import { exampleSpec } from './guest-spec.example.ts';
import { at, child, childrenOf, parseXml } from './xml.ts';

const domain = (changes: Partial<GuestSpec> = {}) =>
  parseXml(domainXml({ ...exampleSpec, ...changes }));
const disk = (changes: Partial<GuestSpec['disk']>) => ({
  disk: { ...exampleSpec.disk, ...changes },
});

/** Anything that may stand in a path or a command line. */
const anything = fc.stringMatching(/^\/[ -~\tü€]{0,40}$/);

it('gives paths, commands and marks as they are, whatever stands in them', () => {
  fc.assert(
    fc.property(anything, anything, anything, (path, directory, said) => {
      const root = domain({
        ...disk({ path }),
        ...{ directory, seed: said, environment: { MARK: said } },
        kernel: { image: path, initramfs: said, commandLine: said },
      });
      const devices = child(root, 'devices') ?? root;
      const files = childrenOf(devices, 'disk').map((each) => at(each, 'source')?.attributes.file);
      expect(files).toEqual([path, said]);
      expect(at(root, 'qemu:commandline', 'qemu:env')?.attributes.value).toBe(said);
      expect(at(root, 'os', 'kernel')?.text).toBe(path);
      expect(at(root, 'os', 'cmdline')?.text).toBe(withSerialConsole({ commandLine: said }));
      const socket = at(devices, 'serial', 'source')?.attributes.path;
      expect(socket).toBe(join(directory, 'console.sock'));
    }),
  );
});

it.each(["a'b", 'a b', 'a;b', 'a\nb', '<a/>', '-a', '', 'ä'])('refuses the name %j', (name) => {
  expect(() => domainXml({ ...exampleSpec, name })).toThrow('guest: expected a name');
});

it('is called as its guest, but as no other of that name', () => {
  expect(at(domain(), 'name')?.text).toBe('vg-1-0-123456');
  expect(at(domain({ mac: '52:54:00:12:34:57' }), 'name')?.text).toBe('vg-1-0-123457');
});

it.each([
  ['tcg', 'qemu'],
  ['kvm', 'kvm'],
] as const)('runs under %s', (accelerator, type) => {
  expect(domain({ accelerator }).attributes.type).toBe(type);
});

it.each([
  ['max', 'maximum', undefined],
  ['host', 'host-passthrough', undefined],
  ['EPYC', 'custom', 'EPYC'],
])('has the CPU %s', (cpu, mode, model) => {
  const root = domain({ cpu });
  expect(at(root, 'cpu')?.attributes.mode).toBe(mode);
  expect(at(root, 'cpu', 'model')?.text).toBe(model);
});

it('has memory in whole MiB, from huge pages when asked to', () => {
  const root = domain({ memory: 300 * 2 ** 20 + 1, hugepages: true });
  expect(at(root, 'memory')).toMatchObject({ attributes: { unit: 'MiB' }, text: '301' });
  expect(at(root, 'memoryBacking', 'hugepages')).toBeDefined();
  expect(at(domain(), 'memoryBacking')).toBeUndefined();
});

it('pins vCPUs in turn', () => {
  const pins = at(domain({ vcpus: 3, pin: [4, 6] }), 'cputune');
  expect(pins?.children.map(({ attributes }) => attributes)).toEqual([
    { vcpu: '0', cpuset: '4' },
    { vcpu: '1', cpuset: '6' },
    { vcpu: '2', cpuset: '4' },
  ]);
  expect(at(domain(), 'cputune')).toBeUndefined();
});

it('takes the disk as the levels say', () => {
  const driver = (changes: Partial<GuestSpec['disk']>) =>
    at(domain(disk(changes)), 'devices', 'disk', 'driver')?.attributes;
  expect(driver({ format: 'raw', cache: 'directsync', aio: 'io_uring', queues: 4 })).toEqual({
    ...{ name: 'qemu', type: 'raw', cache: 'directsync', io: 'io_uring', queues: '4' },
    ...{ discard: 'unmap', error_policy: 'report', rerror_policy: 'report' },
  });
  expect(driver({ iothread: true })?.iothread).toBe('1');
  expect(at(domain(disk({ iothread: true })), 'iothreads')?.text).toBe('1');
});

describe('its network', () => {
  it('is a tap of its own on the bridge', () => {
    const device = at(domain(), 'devices', 'interface');
    expect(device?.attributes.type).toBe('bridge');
    expect(device && at(device, 'source')?.attributes).toEqual({ bridge: 'br0' });
    expect(device && at(device, 'target')?.attributes).toEqual({ dev: tapName(exampleSpec.mac) });
    expect(device && at(device, 'mac')?.attributes).toEqual({ address: exampleSpec.mac });
  });

  it('is that of users where there is no bridge', () => {
    const device = at(domain({ network: { kind: 'user' } }), 'devices', 'interface');
    expect(device?.attributes.type).toBe('user');
    expect(device && at(device, 'target')).toBeUndefined();
  });
});

it("hides the agent's channel from libvirt, not from the guest", () => {
  const root = domain();
  const channel = at(root, 'devices', 'channel');
  expect(channel && at(channel, 'target')?.attributes.name).not.toContain('guest_agent');
  const alias = channel && at(channel, 'alias')?.attributes.name;
  const device = at(root, 'qemu:override', 'qemu:device');
  expect(device?.attributes.alias).toBe(alias);
  expect(device && at(device, 'qemu:frontend', 'qemu:property')?.attributes).toEqual({
    ...{ name: 'name', type: 'string', value: 'org.qemu.guest_agent.0' },
  });
});
