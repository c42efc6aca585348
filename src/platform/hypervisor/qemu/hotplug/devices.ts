import type { Guest, GuestSpec } from '../../hypervisor.ts';
import { diskNames, type GuestDevices } from '../../hotplug.ts';
import { monitorOf } from '../monitor.ts';
import type { QmpCommands } from '../qmp-commands.ts';
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
export function ownDisks({ moreDisks = [], seed }: Guest['spec']): string[] {
  return diskNames('vd').slice(0, 1 + moreDisks.length + (seed === undefined ? 0 : 1));
}

/** What a guest has now, as QEMU says. */
export async function devicesOf(guest: Guest): Promise<GuestDevices> {
  const qmp = monitorOf(guest);
  const [cpus, memory, ids] = [
    await qmp.execute('query-cpus-fast', {}),
    await memoryNow((command) => qmp.execute(command, {}), guest.spec),
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

/** Puts a question to a monitor. */
export type AskMonitor = <
  Name extends 'query-memory-size-summary' | 'query-memory-devices' | 'query-balloon',
>(
  command: Name,
) => Promise<QmpCommands[Name]['return']>;

/** Bytes that a guest has now, without what its balloon holds. */
export async function memoryNow(
  ask: AskMonitor,
  { maximum }: Pick<GuestSpec, 'maximum'>,
): Promise<number> {
  const summary = await ask('query-memory-size-summary');
  const all = summary['base-memory'] + (summary['plugged-memory'] ?? 0);
  if (maximum === undefined) return all;
  const devices = await ask('query-memory-devices');
  const dimms = devices.reduce((sum, { type, data }) => sum + (type === 'dimm' ? data.size : 0), 0);
  // The balloon counts modules, but not virtio-mem.
  const { actual } = await ask('query-balloon');
  const held = summary['base-memory'] + dimms - actual;
  return all - held;
}
