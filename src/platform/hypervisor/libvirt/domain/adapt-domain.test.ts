import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GuestSpec } from '../../hypervisor.ts';
import { domainForTarget, domainFromTemplate } from './adapt-domain.ts';
import { domainXml } from './domain-xml.ts';
import { exampleSpec } from './guest-spec.example.ts';
import { at, child, childrenOf, parseXml, type Element } from './xml.ts';

const users = readFileSync(new URL('../fixtures/user-domain.xml', import.meta.url), 'utf8');
const live = readFileSync(new URL('../fixtures/dumpxml-migratable.xml', import.meta.url), 'utf8');

const attributes = (root: Element, ...path: string[]) => at(root, ...path)?.attributes;

describe("a user's domain", () => {
  const adapt = (changes: Partial<GuestSpec> = {}, xml = users) =>
    parseXml(domainFromTemplate(xml, { ...exampleSpec, ...changes }));

  it('keeps the machine as the user wrote it', () => {
    const root = adapt();
    expect(at(root, 'cpu', 'topology')?.attributes).toEqual({
      sockets: '1',
      cores: '2',
      threads: '1',
    });
    expect(at(root, 'memory')?.text).toBe('524288');
    expect(at(root, 'os', 'type')?.attributes.machine).toBe('pc-q35-7.2');
    expect(at(root, 'features', 'vmport')).toBeDefined();
    const devices = child(root, 'devices') ?? root;
    expect(child(devices, 'watchdog')).toBeDefined();
    expect(child(devices, 'rng')).toBeDefined();
    expect(childrenOf(devices, 'disk').map((disk) => attributes(disk, 'source')?.file)).toContain(
      '/srv/tools.iso',
    );
    expect(attributes(devices, 'interface', 'model')).toEqual({ type: 'e1000e' });
    const [own] = childrenOf(at(root, 'qemu:commandline') ?? root, 'qemu:arg');
    expect(own?.attributes.value).toBe('-snapshot');
  });

  it('is a new guest with our disk, sockets, network and mark', () => {
    const root = adapt({ accelerator: 'tcg' });
    expect(root.attributes).toMatchObject({ type: 'qemu' });
    expect(root.attributes).not.toHaveProperty('id');
    expect(child(root, 'uuid')).toBeUndefined();
    expect(at(root, 'name')?.text).toBe('vg-1-0-123456');
    const [, disk = root] = childrenOf(child(root, 'devices') ?? root, 'disk');
    expect(disk.attributes).toEqual({ type: 'file', device: 'disk' });
    expect(attributes(disk, 'source')).toEqual({ file: '/srv/disk.qcow2' });
    expect(attributes(disk, 'driver')?.cache).toBe('none');
    expect(attributes(root, 'devices', 'interface')?.type).toBe('bridge');
    expect(attributes(root, 'devices', 'interface', 'mac')?.address).toBe(exampleSpec.mac);
    expect(attributes(root, 'devices', 'interface', 'source')).toEqual({ bridge: 'br0' });
    const devices = child(root, 'devices') ?? root;
    expect(childrenOf(devices, 'serial')).toHaveLength(1);
    expect(childrenOf(devices, 'console')).toHaveLength(0);
    expect(attributes(devices, 'serial', 'source')?.path).toBe('/run/vg/console.sock');
    const channels = childrenOf(devices, 'channel').map((each) => attributes(each, 'target')?.name);
    expect(channels).toEqual(['com.redhat.spice.0', 'org.virtgauge.agent']);
    const environment = childrenOf(at(root, 'qemu:commandline') ?? root, 'qemu:env');
    expect(environment.map((each) => each.attributes)).toEqual([
      { name: 'LANG', value: 'C' },
      { name: 'VIRTGAUGE_MARK', value: 'mark-1234' },
    ]);
  });

  it('boots the kernel that the image brings, and the seed', () => {
    const kernel = { image: '/k', initramfs: '/i', commandLine: 'a b' };
    const root = adapt({ kernel, seed: '/seed.iso' });
    expect(at(root, 'os', 'kernel')?.text).toBe('/k');
    expect(at(root, 'os', 'cmdline')?.text).toMatch(/^console=ttyS0 .* a b$/);
    const disks = childrenOf(child(root, 'devices') ?? root, 'disk');
    expect(disks.map((each) => attributes(each, 'source')?.file)).toContain('/seed.iso');
  });

  it('may lack all that is ours', () => {
    const root = adapt({}, `<domain type='kvm'><memory>1</memory></domain>`);
    expect(at(root, 'devices')?.children.map(({ name }) => name)).toEqual([
      ...['disk', 'interface', 'serial', 'channel'],
    ]);
  });

  it.each([
    ['no XML at all', 'expected the XML of a libvirt domain of QEMU, got no XML'],
    ['<network/>', 'got <network>'],
    [`<domain type='xen'/>`, 'got type xen'],
    ['<domain/>', 'got type none'],
  ])('%s is refused', (xml, message) => {
    expect(() => adapt({}, xml)).toThrow(message);
  });
});

describe('a guest that moves', () => {
  const spec: GuestSpec = {
    ...exampleSpec,
    directory: '/tmp/there',
    disk: { ...exampleSpec.disk, path: '/srv/there.qcow2' },
    network: { kind: 'bridge', bridge: 'br7' },
    pin: [3],
    environment: { VIRTGAUGE_MARK: 'there-1234' },
  };
  const here = parseXml(live);
  const there = parseXml(domainForTarget(live, spec));

  it('finds everything where it is on the target', () => {
    expect(attributes(there, 'devices', 'disk', 'source')).toEqual({ file: '/srv/there.qcow2' });
    for (const device of ['serial', 'console']) {
      expect(attributes(there, 'devices', device, 'source')?.path).toBe('/tmp/there/console.sock');
    }
    expect(attributes(there, 'devices', 'channel', 'source')?.path).toBe('/tmp/there/agent.sock');
    expect(attributes(there, 'devices', 'interface', 'source')).toEqual({ bridge: 'br7' });
    expect(attributes(there, 'cputune', 'vcpupin')?.cpuset).toBe('3');
    expect(attributes(there, 'qemu:commandline', 'qemu:env')?.value).toBe('there-1234');
    expect(domainForTarget(live, spec)).not.toContain('/srv/lab');
  });

  it('stays what it is for itself', () => {
    expect(at(there, 'uuid')).toEqual(at(here, 'uuid'));
    expect(at(there, 'name')).toEqual(at(here, 'name'));
    const seen = (root: Element) =>
      (child(root, 'devices') ?? root).children.map((device) => [
        device.name,
        attributes(device, 'address'),
        device.name === 'interface' ? undefined : attributes(device, 'target'),
      ]);
    expect(seen(there)).toEqual(seen(here));
    expect(attributes(there, 'os', 'type')).toEqual(attributes(here, 'os', 'type'));
  });

  it('is what was created, where nothing differs', () => {
    const xml = domainXml(exampleSpec);
    const again = parseXml(domainForTarget(xml, exampleSpec));
    const sorted = ({ name, attributes: own, children, text }: Element): unknown => ({
      ...{ name, own, text },
      children: children
        .map(sorted)
        .map((each) => JSON.stringify(each))
        .sort(),
    });
    expect(sorted(again)).toEqual(sorted(parseXml(xml)));
  });
});
