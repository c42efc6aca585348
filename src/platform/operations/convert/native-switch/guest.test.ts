import { describe, expect, it } from 'vitest';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import { qemuCommandLine } from '../../../hypervisor/qemu/command-line.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { expectSameMachine } from '../../../hypervisor/qemu/migration/compatibility.ts';
import type { Host } from '../../../remote/host.ts';
import type { ConversionTarget, SourceFacts } from '../conversion.ts';
import { changesBitmap, guestMemory, switchSpecs, vmmGuest } from './guest.ts';

const MiB = 2 ** 20;
const facts: SourceFacts = {
  disks: [{ path: '/dev/sda', bytes: 2 ** 30 }],
  nic: { name: 'eth0', mac: '52:54:00:AA:00:01' },
  address: '10.77.0.1/24',
  memory: 1000 * MiB,
  vcpus: 1,
  kernel: { version: '6', image: '/vmlinuz', initramfs: '/initrd', commandLine: 'root=/dev/sda1' },
  drivers: [],
  firmware: 'bios',
  lockdown: false,
};
const target = (bridge?: string): ConversionTarget => ({
  host: { name: 'h2', ...(bridge !== undefined && { bridge }) } as Host,
  hypervisor: qemu,
  directory: '/var/lib/vg/c',
  accelerator: 'kvm',
  cpu: 'host',
});
const specs = (to = target('br7')) =>
  switchSpecs({
    ...{ name: 'h1', facts, target: to, environment: { VIRTGAUGE_MARK: 'm' } },
    consoleLogs: { source: 'a', target: 'b' },
  });

describe('a machine as a guest', () => {
  it('is the same machine at both ends, with its own disk and bridge at each', () => {
    const { source, target } = specs();
    expect(() => expectSameMachine(source, target)).not.toThrow();
    expect(source.disk.path).toBe('/dev/sda');
    expect(target.disk.path).toBe('/var/lib/vg/c/disk.raw');
    expect(target.network).toEqual({ kind: 'bridge', bridge: 'br7', address: '10.77.0.1/24' });
    expect(source.mac).toBe('52:54:00:aa:00:01');
  });

  it('is told what the machine is told, and nothing else', () => {
    for (const spec of Object.values(specs())) {
      const argv = qemuCommandLine(spec as GuestSpec);
      expect(argv[argv.indexOf('-append') + 1]).toBe('root=/dev/sda1');
    }
  });

  it('is refused on a target without a bridge for its address', () => {
    expect(() => specs(target())).toThrow(/expected a bridge on the target, for the address of h1/);
  });

  it('runs by itself in the VMM: its CPUs are not held', () => {
    const files = { kernel: '/w/kernel', initramfs: '/w/initramfs' };
    const guest = vmmGuest(specs().source, files);
    expect(guest.argv).not.toContain('-S');
    expect(guest.argv.join(' ')).toContain('-kernel /order/kernel -initrd /order/initramfs');
    expect(guest.argv.join(' ')).toContain(`ifname=${guest.tap}`);
    expect(guest).toMatchObject(files);
    expect(guest.input).toBeUndefined();
  });

  it('is let go only once its disk is marked where that is wanted', () => {
    const files = { kernel: '/w/kernel', initramfs: '/w/initramfs' };
    const { argv, input = '' } = vmmGuest(specs().source, files, { marked: true });
    expect(argv).toContain('-S');
    const commands = input
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(commands).toEqual([
      { execute: 'qmp_capabilities' },
      {
        execute: 'block-dirty-bitmap-add',
        arguments: { node: 'disk0', name: changesBitmap, granularity: 65_536 },
      },
      { execute: 'cont' },
    ]);
  });
});

describe('its memory', () => {
  it('is what the VMM leaves, in whole MiB', () => {
    const memory = guestMemory(1000 * MiB + 5, 'h1');
    expect(memory % MiB).toBe(0);
    expect(memory).toBeGreaterThan(512 * MiB);
    expect(memory).toBeLessThan(700 * MiB);
  });

  it('is refused where too little is left', () => {
    expect(() => guestMemory(400 * MiB, 'h1')).toThrow(/at least \d+ MiB of memory .* got 400 MiB/);
  });
});
