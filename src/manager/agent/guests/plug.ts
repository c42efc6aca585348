import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { formatBytes } from '../../../base/units.ts';
import type { Guest } from '../../../platform/hypervisor/hypervisor.ts';
import { hotplugOf, plug, type Change as GuestChange } from '../../../platform/operations/plug.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { Change } from '../../wire/messages/kinds.ts';
import { newDiskPath, pluggedDisks } from './disks.ts';
import type { GuestFile } from './guest-files.ts';

interface Changed {
  readonly said: string;
  /** What is known of the guest from now on; absent: as before. */
  readonly file?: GuestFile;
}

/**
 * Gives a running guest more.
 * @returns what it has now, in words
 * @throws Error with the words of guest or hypervisor that refuses
 */
export async function plugInto(guest: Guest, file: GuestFile, change: Change): Promise<Changed> {
  const { what, amount = 1 } = change;
  switch (what) {
    case 'vcpus':
    case 'memory':
      return { said: await resize(guest, what, amount) };
    case 'disk': {
      const { cache } = guest.spec.disk;
      const path = newDiskPath(guest.spec);
      await localShell.run(['truncate', '-s', String(amount), path], { timeout: 60 });
      try {
        const attach = { path, format: 'raw' as const, cache };
        const name = await done(guest, { device: 'disk', attach });
        return { said: name, file: { ...file, plugged: { ...file.plugged, [name]: path } } };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    }
    case 'nic': {
      const mac = ['52', ...[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0'))];
      const attach = { mac: mac.join(':'), network: guest.spec.network };
      await done(guest, { device: 'nic', attach });
      return { said: attach.mac };
    }
  }
}

/** Takes something from a running guest. @throws Error as `plugInto` */
export async function unplugFrom(guest: Guest, file: GuestFile, change: Change): Promise<Changed> {
  const { what, amount = 1, device = '' } = change;
  switch (what) {
    case 'vcpus':
    case 'memory':
      return { said: await resize(guest, what, -amount) };
    case 'disk': {
      const { [device]: path, ...plugged } = file.plugged;
      if (path === undefined) throw new Error(`${file.name} has no disk ${device} that was added`);
      await done(guest, { device: 'disk', detach: device });
      await rm(path, { force: true });
      return { said: `${device} is gone, with what was on it`, file: { ...file, plugged } };
    }
    case 'nic':
      await done(guest, { device: 'nic', detach: device });
      return { said: `${device} is gone` };
  }
}

async function resize(guest: Guest, what: 'vcpus' | 'memory', more: number): Promise<string> {
  const hotplug = hotplugOf(guest);
  const before = await hotplug.devices(guest);
  if (what === 'vcpus') {
    const vcpus = before.vcpus + more;
    await done(guest, { device: 'vcpu', vcpus });
    return `${vcpus} vCPUs`;
  }
  const bytes = before.memory + more;
  const [by] = hotplug.memoryDevices;
  await done(guest, { device: 'memory', bytes, by });
  return `${formatBytes(bytes)} of memory`;
}

/** @returns the name of a new disk, else nothing */
async function done(guest: Guest, change: GuestChange): Promise<string> {
  const { refused, name = '' } = await plug(guest, change);
  if (refused !== undefined) throw new Error(refused);
  return name;
}

/**
 * Disks that were plugged into a guest before it was stopped, or its host was lost.
 * @returns what it has now: name in the guest → path
 */
export async function plugAgain(guest: Guest): Promise<Record<string, string>> {
  const { hotplug } = guest.hypervisor;
  const plugged: Record<string, string> = {};
  if (hotplug === undefined) return plugged;
  const { cache } = guest.spec.disk;
  for (const path of await pluggedDisks(guest.spec)) {
    plugged[await hotplug.attachDisk(guest, { path, format: 'raw', cache })] = path;
  }
  return plugged;
}
