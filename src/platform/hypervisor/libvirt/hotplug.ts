import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../hypervisor.ts';
import { diskNames, GuestRefused, type HotplugBackend, type MemoryDevice } from '../hotplug.ts';
import { memoryNow, type AskMonitor } from '../qemu/hotplug/devices.ts';
import { networkDevice } from './domain/devices.ts';
import { domainName } from './domain/domain-name.ts';
import { memoryModule } from './domain/memory-room.ts';
import { readDevices, type DomainDevices } from './domain/read-devices.ts';
import { formatXml, type Element } from './domain/xml.ts';
import { libvirtWords, virsh } from './virsh.ts';

/** Seconds for a change; libvirt itself waits for a guest for some of them. */
const changeLimit = 60;
/** Seconds that a guest gets to let a device go. */
const patience = 20;
const look = 0.02;

/** Changes of a running guest, by virsh. */
export const libvirtHotplug: HotplugBackend = {
  memoryDevices: ['virtio-mem', 'dimm', 'balloon'],

  async devices(guest) {
    const { vcpus, disks, nics } = await domainDevices(guest);
    const ask: AskMonitor = async (command) => {
      const text = await onDomain(
        guest,
        'qemu-monitor-command',
        JSON.stringify({ execute: command }),
      );
      return (JSON.parse(text) as { return: never }).return;
    };
    return { vcpus, disks, nics, memory: await memoryNow(ask, guest.spec) };
  },

  async setVcpus(guest, vcpus) {
    await change(guest, 'setvcpus', String(vcpus), '--live');
  },

  async setMemory(guest, bytes, by: MemoryDevice = 'virtio-mem') {
    if (by === 'balloon') return change(guest, 'setmem', kibibytes(bytes), '--live');
    const added = bytes - guest.spec.memory;
    if (by === 'virtio-mem') {
      const size = kibibytes(Math.max(0, added));
      return change(guest, 'update-memory-device', '--live', '--requested-size', size);
    }
    const { modules } = await domainDevices(guest);
    let now = modules.reduce((sum, size) => sum + size, 0);
    if (added > now) return withDevice(guest, 'attach-device', memoryModule(added - now));
    while (now > added) {
      const size = modules.pop();
      if (size === undefined || now - size < added) {
        throw new Error(`modules of memory go as they came: the last of them has ${size} bytes`);
      }
      const left = modules.length;
      await withDevice(guest, 'detach-device', memoryModule(size));
      await untilGone(guest, 'a module of memory', (devices) => devices.modules.length <= left);
      now -= size;
    }
  },

  async attachDisk(guest, { path, format, cache }) {
    const { disks } = await domainDevices(guest);
    const name = diskNames('vd').find((each) => !disks.includes(each));
    if (name === undefined) throw new Error('a guest has at most 26 disks here');
    await change(
      guest,
      ...(['attach-disk', '--live', '--source', path, '--target', name] as const),
      ...['--targetbus', 'virtio', '--driver', 'qemu', '--subdriver', format, '--cache', cache],
    );
    return name;
  },

  async detachDisk(guest, device) {
    await change(guest, 'detach-disk', '--live', '--target', device);
    await untilGone(guest, device, ({ disks }) => !disks.includes(device));
  },

  attachNic: (guest, { mac, network }) =>
    withDevice(guest, 'attach-device', networkDevice({ ...guest.spec, mac, network })),

  async detachNic(guest, mac) {
    const { kinds } = await domainDevices(guest);
    const kind = kinds.get(mac.toLowerCase());
    if (kind === undefined) throw new Error(`${guest.spec.name} has no interface ${mac}`);
    await change(guest, 'detach-interface', '--live', '--type', kind, '--mac', mac);
    await untilGone(guest, mac, ({ nics }) => !nics.includes(mac.toLowerCase()));
  },
};

async function domainDevices(guest: Guest): Promise<DomainDevices> {
  return readDevices(await onDomain(guest, 'dumpxml'));
}

function onDomain({ host, spec }: Guest, command: string, ...args: readonly string[]) {
  return virsh(host.shell, [command, domainName(spec), ...args]);
}

async function change(guest: Guest, command: string, ...args: readonly string[]): Promise<void> {
  const { host, spec } = guest;
  try {
    await virsh(host.shell, [command, domainName(spec), ...args], { timeout: changeLimit });
  } catch (cause) {
    const words = libvirtWords(cause);
    // What libvirt says of a guest that was asked.
    const refused = /timed? out|guest (?:is busy|refused|rejected)|rejected by the guest/i;
    const Kind = refused.test(words) ? GuestRefused : Error;
    throw Object.assign(new Kind(`virsh ${command}: ${words}`), { cause });
  }
}

async function withDevice(guest: Guest, command: string, device: Element): Promise<void> {
  const path = posix.join(guest.spec.directory, 'device.xml');
  await guest.host.shell.writeFile(path, formatXml(device));
  await change(guest, command, '--live', '--file', path);
}

/** libvirt may answer before the guest has let go. */
async function untilGone(
  guest: Guest,
  what: string,
  gone: (devices: DomainDevices) => boolean,
): Promise<void> {
  const deadline = performance.now() + patience * 1000;
  while (!gone(await domainDevices(guest))) {
    if (performance.now() > deadline) {
      throw new GuestRefused(
        `the guest was asked to let ${what} go, and did nothing within ${patience} s`,
      );
    }
    await sleep(look * 1000);
  }
}

function kibibytes(bytes: number): string {
  return String(Math.ceil(bytes / 1024));
}
