import { join } from 'node:path';
import type { GuestSpec } from '../../hypervisor.ts';
import { tapName } from '../../qemu/command-line.ts';
import { withSerialConsole } from '../../qemu/serial-console.ts';
import { element, type Element } from './xml.ts';

/** Sockets of a guest, in its directory. */
export function socketPaths(directory: string) {
  return { console: join(directory, 'console.sock'), agent: join(directory, 'agent.sock') };
}

/** @param target name of the disk in the guest, such as `vda` */
export function diskDevice({ disk }: GuestSpec, target = 'vda'): Element {
  const { path, format, cache, aio, iothread, queues } = disk;
  return element('disk', { type: 'file', device: 'disk' }, [
    element('driver', {
      ...{ name: 'qemu', type: format, cache, io: aio, queues, discard: 'unmap' },
      iothread: iothread ? 1 : undefined,
      // The guest sees an error at once; QEMU would stop it when the storage is full.
      ...{ error_policy: 'report', rerror_policy: 'report' },
    }),
    element('source', { file: path }),
    element('target', { dev: target, bus: 'virtio' }),
  ]);
}

/** Last of its kind: the guest's own disks come before it. */
export const seedTarget = 'vdz';

export function seedDevice(path: string): Element {
  return element('disk', { type: 'file', device: 'disk' }, [
    element('driver', { name: 'qemu', type: 'raw' }),
    element('source', { file: path }),
    element('target', { dev: seedTarget, bus: 'virtio' }),
    element('readonly'),
  ]);
}

/** Where an interface is plugged in on the host; the guest sees nothing of it. */
export function networkSource({ network, mac }: GuestSpec): {
  type: string;
  children: Element[];
} {
  if (network.kind === 'user') return { type: 'user', children: [] };
  const source = element('source', { bridge: network.bridge });
  return { type: 'bridge', children: [source, element('target', { dev: tapName(mac) })] };
}

export function networkDevice(spec: GuestSpec): Element {
  const { type, children } = networkSource(spec);
  return element('interface', { type }, [
    element('mac', { address: spec.mac }),
    ...children,
    element('model', { type: 'virtio' }),
    // As QEMU without libvirt: not the host's kernel, where that could (vhost).
    element('driver', { name: 'qemu' }),
    element('rom', { enabled: 'no' }),
  ]);
}

export function serialDevice({ directory }: GuestSpec): Element {
  return element('serial', { type: 'unix' }, [
    element('source', { mode: 'bind', path: socketPaths(directory).console }),
    element('target', { type: 'isa-serial', port: 0 }),
  ]);
}

/** The name by which the agent in the guest finds its channel. */
export const agentPort = 'org.qemu.guest_agent.0';

/** For libvirt, the channel's name is another: it would connect to the agent itself, and a channel bears one. */
const hiddenPort = 'org.virtgauge.agent';
const agentAlias = 'ua-virtgauge-agent';

export function agentDevice({ directory }: GuestSpec): Element {
  return element('channel', { type: 'unix' }, [
    element('source', { mode: 'bind', path: socketPaths(directory).agent }),
    element('target', { type: 'virtio', name: hiddenPort }),
    element('alias', { name: agentAlias }),
  ]);
}

/** Gives the channel its own name again, in the guest; libvirt 8.2 and newer. */
export function agentOverride(): Element {
  return element('qemu:device', { alias: agentAlias }, [
    element('qemu:frontend', {}, [
      element('qemu:property', { name: 'name', type: 'string', value: agentPort }),
    ]),
  ]);
}

/** The mark by which the ledger finds the guest's process. */
export function environmentOf({ environment }: GuestSpec): Element[] {
  return Object.entries(environment).map(([name, value]) => element('qemu:env', { name, value }));
}

/** Children of `os` for a kernel given from outside. */
export function directBoot({ kernel }: GuestSpec): Element[] {
  if (kernel === undefined) return [];
  return [
    element('kernel', {}, kernel.image),
    element('initrd', {}, kernel.initramfs),
    element('cmdline', {}, withSerialConsole(kernel)),
  ];
}

/** Which host CPUs the vCPUs are held on. */
export function pinning({ pin, vcpus }: GuestSpec): Element | undefined {
  if (pin.length === 0) return undefined;
  const pins = Array.from({ length: vcpus }, (_, vcpu) =>
    element('vcpupin', { vcpu, cpuset: pin[vcpu % pin.length] }),
  );
  return element('cputune', {}, pins);
}
