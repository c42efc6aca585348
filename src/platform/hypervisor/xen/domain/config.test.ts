import { expect, it } from 'vitest';
import type { GuestSpec } from '../../hypervisor.ts';
import type { Boot } from './boot.ts';
import { domainConfig } from './config.ts';
import { exampleSpec } from './guest-spec.example.ts';

const kernel: Boot = { by: 'kernel', image: '/k', initramfs: '/i', commandLine: 'a="b" \\c' };

/** Settings by name, as they stand in the file. */
function settings(changes: Partial<GuestSpec> = {}, boot: Boot = kernel) {
  const lines = domainConfig({ ...exampleSpec, ...changes }, boot)
    .trimEnd()
    .split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/ = (.*)/s).slice(0, 2))) as Record<
    string,
    string | undefined
  >;
}

it('describes a guest', () => {
  expect(settings()).toEqual({
    name: '"vg-1-0-01234567"',
    type: '"pvh"',
    kernel: '"/k"',
    ramdisk: '"/i"',
    extra: '"a=\\"b\\" \\\\c"',
    memory: '256',
    vcpus: '2',
    tsc_mode: '"native"',
    disk: '["format=qcow2,vdev=xvda,access=rw,backendtype=qdisk,direct-io-safe,target=/srv/a, b.qcow2"]',
    vif: '["mac=52:54:00:12:34:56,bridge=br0,type=vif"]',
    on_poweroff: '"destroy"',
    on_reboot: '"destroy"',
    on_crash: '"destroy"',
    on_watchdog: '"destroy"',
  });
});

it('leaves room for what hotplug may bring', () => {
  const maximum = { vcpus: 4, memory: 2 ** 30 };
  expect(settings({ maximum })).toMatchObject({ maxvcpus: '4', maxmem: '1024', memory: '256' });
});

it('pins vCPUs in turn, also those that may come', () => {
  const maximum = { vcpus: 3, memory: 2 ** 30 };
  expect(settings({ pin: [1, 2], maximum }).cpus).toBe('["1", "2", "1"]');
  expect(settings({ pin: [5] }).cpus).toBe('["5", "5"]');
});

it('lets a disk boot itself', () => {
  expect(settings({}, { by: 'pygrub' })).toMatchObject({ bootloader: '"pygrub"' });
  expect(settings({}, { by: 'loader', image: '/grub' })).toMatchObject({ kernel: '"/grub"' });
  const hvm = settings({ accelerator: 'xen-hvm' }, { by: 'firmware' });
  expect(hvm).toMatchObject({ type: '"hvm"', boot: '"c"', serial: '"pty"' });
});

it('adds the seed read-only', () => {
  const disks = JSON.parse(settings({ seed: '/seed.iso' }).disk ?? '[]') as string[];
  expect(disks[1]).toBe('format=raw,vdev=xvdz,access=ro,target=/seed.iso');
});

it('names hotplug scripts where there are others', () => {
  const disk = { ...exampleSpec.disk, format: 'raw' } as const;
  const { disk: disks, vif } = settings({ disk, hotplugScripts: '/etc/xen/scripts/vg' });
  expect(disks).toContain('script=/etc/xen/scripts/vg/block,target=');
  expect(vif).toContain('script=/etc/xen/scripts/vg/vif-bridge');
});

const refusals: [string, Partial<GuestSpec>][] = [
  ['cache', { disk: { ...exampleSpec.disk, cache: 'unsafe' } }],
  ['cache', { disk: { ...exampleSpec.disk, cache: 'writethrough' } }],
  ['aio', { disk: { ...exampleSpec.disk, aio: 'native' } }],
  ['queues', { disk: { ...exampleSpec.disk, queues: 2 } }],
  ['iothread', { disk: { ...exampleSpec.disk, iothread: true } }],
  ['accelerator', { accelerator: 'kvm' }],
  ['network', { network: { kind: 'user' } }],
  ['hugepages', { hugepages: true }],
  ['machine', { machine: 'q35' }],
  ['cpu', { cpu: 'EPYC' }],
  ['guest.domain', { domainXml: '<domain/>' }],
  ['line breaks', { disk: { ...exampleSpec.disk, path: '/a\nb' } }],
];
it.each(refusals)('refuses what only others can: %s', (what, changes) => {
  expect(() => settings(changes)).toThrow(what);
});
