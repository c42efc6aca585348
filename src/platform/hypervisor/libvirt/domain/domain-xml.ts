import type { GuestSpec } from '../../hypervisor.ts';
import {
  agentDevice,
  agentOverride,
  directBoot,
  diskDevice,
  environmentOf,
  networkDevice,
  pinning,
  seedDevice,
  serialDevice,
} from './devices.ts';
import { domainName } from './domain-name.ts';
import { maxMemory, memoryRoom, numaNode } from './memory-room.ts';
import { element, formatXml, type Element } from './xml.ts';

export const qemuNamespace = 'http://libvirt.org/schemas/domain/qemu/1.0';

/** libvirt's name for an accelerator. */
export function domainType({ accelerator }: Pick<GuestSpec, 'accelerator'>): string {
  return accelerator === 'kvm' ? 'kvm' : 'qemu';
}

/**
 * The domain XML of a guest: the machine that qemu/command-line.ts describes, in libvirt's words.
 * libvirt gives it a UUID.
 * @throws UserError if the guest's name is none; Error if XML cannot hold what the spec says
 */
export function domainXml(spec: GuestSpec): string {
  const { memory, hugepages, vcpus, machine, disk, seed, maximum } = spec;
  const attributes = { type: domainType(spec), 'xmlns:qemu': qemuNamespace };
  const domain = element('domain', attributes, [
    element('name', {}, domainName(spec)),
    maxMemory(spec),
    element('memory', { unit: 'MiB' }, String(Math.ceil(memory / 2 ** 20))),
    hugepages ? hugepagesBacking() : undefined,
    element('vcpu', maximum && { current: vcpus }, String(Math.max(vcpus, maximum?.vcpus ?? 0))),
    disk.iothread ? element('iothreads', {}, '1') : undefined,
    pinning(spec),
    element('os', {}, [
      element('type', { arch: 'x86_64', machine }, 'hvm'),
      ...directBoot(spec),
      spec.kernel === undefined ? element('boot', { dev: 'hd' }) : undefined,
    ]),
    element('features', {}, [element('acpi'), element('apic')]),
    cpu(spec),
    element('clock', { offset: 'utc' }),
    element('on_poweroff', {}, 'destroy'),
    element('on_reboot', {}, 'restart'),
    element('on_crash', {}, 'destroy'),
    element('devices', {}, [
      diskDevice(spec),
      seed === undefined ? undefined : seedDevice(seed),
      element('controller', { type: 'usb', model: 'none' }),
      networkDevice(spec),
      serialDevice(spec),
      agentDevice(spec),
      element('memballoon', { model: maximum === undefined ? 'none' : 'virtio' }),
      memoryRoom(spec),
    ]),
    element('qemu:commandline', {}, environmentOf(spec)),
    element('qemu:override', {}, [agentOverride()]),
  ]);
  return formatXml(domain);
}

function cpu(spec: GuestSpec): Element {
  const { cpu: model } = spec;
  // The features of a model are QEMU's to check: emulation lacks some, and says so.
  const check = 'none';
  const nodes = numaNode(spec);
  if (model === 'max') return element('cpu', { mode: 'maximum', check }, [nodes]);
  if (model === 'host') return element('cpu', { mode: 'host-passthrough', check }, [nodes]);
  return element('cpu', { mode: 'custom', match: 'exact', check }, [
    element('model', { fallback: 'forbid' }, model),
    nodes,
  ]);
}

function hugepagesBacking(): Element {
  return element('memoryBacking', {}, [
    element('hugepages'),
    element('source', { type: 'memfd' }),
    element('access', { mode: 'shared' }),
    element('allocation', { mode: 'immediate' }),
  ]);
}
