import type { Guest } from '../../hypervisor.ts';
import type { GuestDevices } from '../../hotplug.ts';
import { monitorOf } from '../monitor.ts';
import type { Qmp } from '../qmp.ts';

/** Where QEMU has the devices that have an id. */
export const peripherals = '/machine/peripheral';

/** The id says what a device is, so that who takes it away need not have added it. */
export const diskId = (name: string) => `disk-${name}`;
export const nicId = (mac: string) => `nic-${mac.toLowerCase().replaceAll(':', '')}`;

/** Ids of all devices that have one. */
export async function deviceIds(qmp: Qmp): Promise<string[]> {
  const children = await qmp.execute('qom-list', { path: peripherals });
  return children.filter(({ type }) => type.startsWith('child<')).map(({ name }) => name);
}

/** Disks that a guest has from its start, as it names them. */
export function ownDisks({ seed }: Guest['spec']): string[] {
  return seed === undefined ? ['vda'] : ['vda', 'vdb'];
}

/** What a guest has now, as QEMU says. */
export async function devicesOf(guest: Guest): Promise<GuestDevices> {
  const qmp = monitorOf(guest);
  const [cpus, memory, ids] = [
    await qmp.execute('query-cpus-fast', {}),
    await memoryNow(qmp, guest),
    await deviceIds(qmp),
  ];
  const disks = ids.flatMap((id) => /^disk-(\w+)$/.exec(id)?.[1] ?? []);
  const nics = ids.flatMap((id) => /^nic-([0-9a-f]{12})$/.exec(id)?.[1] ?? []);
  return {
    vcpus: cpus.length,
    memory,
    disks: [...ownDisks(guest.spec), ...disks.sort()],
    nics: [guest.spec.mac, ...nics.map((digits) => digits.replace(/..(?!$)/g, '$&:'))],
  };
}

async function memoryNow(qmp: Qmp, { spec }: Guest): Promise<number> {
  const summary = await qmp.execute('query-memory-size-summary', {});
  const plugged = summary['plugged-memory'] ?? 0;
  if (spec.maximum === undefined) return summary['base-memory'] + plugged;
  const devices = await qmp.execute('query-memory-devices', {});
  const dimms = devices.reduce((sum, { type, data }) => sum + (type === 'dimm' ? data.size : 0), 0);
  // The balloon counts modules, but not virtio-mem.
  const { actual } = await qmp.execute('query-balloon', {});
  const held = summary['base-memory'] + dimms - actual;
  return summary['base-memory'] + plugged - held;
}
