import type { Guest } from '../hypervisor.ts';
import type { HotplugBackend } from '../hotplug.ts';
import { setDirectIo } from './direct-io.ts';
import { mebibytes } from './domain/config.ts';
import { diskName, diskText } from './domain/disk.ts';
import { domainName } from './domain/domain-name.ts';
import { nicText } from './domain/nic.ts';
import { scriptsOf } from './domain/scripts.ts';
import { xenGuest } from './guest.ts';
import { parseDevices } from './parse/devices.ts';
import { expectQemuDisk } from './qemu-disk.ts';
import { deviceLimit, xl, xlWords } from './xl.ts';

/** Disks that a guest can have, beside the seed of its image. */
const mostDisks = 16;

/** Changes of a running guest, by xl. A guest has to agree when something is taken away. */
export const xenHotplug: HotplugBackend = {
  memoryDevices: ['balloon'],

  devices,

  setVcpus: (guest, vcpus) => change(guest, 'vcpu-set', String(vcpus)),

  async setMemory(guest, bytes, by = 'balloon') {
    if (by !== 'balloon') throw new Error(`memory of a guest of Xen comes by balloon, not ${by}`);
    await change(guest, 'mem-set', `${mebibytes(bytes)}m`);
  },

  async attachDisk(guest, disk) {
    const taken = (await devices(guest)).disks;
    const names = Array.from({ length: mostDisks }, (_, index) => diskName(index));
    const name = names.find((candidate) => !taken.includes(candidate));
    if (name === undefined) throw new Error(`a guest of Xen has at most ${mostDisks} disks here`);
    await change(
      guest,
      'block-attach',
      diskText(disk, name, { script: scriptsOf(guest.spec).disk }),
    );
    const id = xenGuest(guest).expectId();
    await setDirectIo(guest.host.shell, id, disk, name);
    await expectQemuDisk(guest.host.shell, id, disk, name, domainName(guest.spec));
    return name;
  },

  detachDisk: (guest, device) => change(guest, 'block-detach', device),

  async attachNic(guest, { mac, network }) {
    if (network.kind !== 'bridge') throw new Error('a guest of Xen has its interfaces on a bridge');
    const options = nicText(
      { mac, bridge: network.bridge },
      { script: scriptsOf(guest.spec).nic },
    ).split(',');
    await change(guest, 'network-attach', ...options);
  },

  detachNic: (guest, mac) => change(guest, 'network-detach', mac),
};

async function devices(guest: Guest) {
  const id = xenGuest(guest).expectId();
  return parseDevices(await xl(guest.host.shell, ['list', '-l', String(id)]));
}

async function change(guest: Guest, command: string, ...args: readonly string[]): Promise<void> {
  const id = xenGuest(guest).expectId();
  try {
    await xl(guest.host.shell, [command, String(id), ...args], {
      timeout: deviceLimit,
      // By it the ledger finds the QEMU that a disk may need.
      env: guest.spec.environment,
    });
  } catch (cause) {
    throw new Error(`xl ${command}: ${xlWords(cause)}`, { cause });
  }
}
