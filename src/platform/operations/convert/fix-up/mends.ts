import type { Mends } from '../conversion.ts';
import { isNamedBySlot, type Inspection } from '../inspect/index.ts';

/** What can be mended on a machine; the rest of what stands in the way is refused (`obstacles/`). */
export function mendsOf({
  drivers,
  diskNames,
  disks,
  lvmDevices,
  carrier,
  network,
}: Pick<
  Inspection,
  'drivers' | 'diskNames' | 'disks' | 'lvmDevices' | 'network' | 'carrier'
>): Mends {
  const volumes = disks.flatMap((disk) => disk.volumes);
  const names = diskNames.flatMap(({ name, device }) => {
    const uuid = volumes.find(({ path }) => path === device)?.uuid;
    return uuid === undefined ? [] : [[name, `UUID=${uuid}`] as const];
  });
  const tied = network.configurations.some(
    ({ file, names: named }) =>
      carrier !== undefined && named.includes(carrier.name) && tiesNames.test(file),
  );
  return {
    drivers: drivers.virtioDisk === 'on-disk',
    names: Object.fromEntries(names),
    lvmDevices: lvmDevices.length > 0,
    ...(carrier &&
      // A guest has one card, which is eth0 unless it is named otherwise.
      (isNamedBySlot(carrier.name) || /^eth[1-9]/.test(carrier.name)) &&
      !tied && { nic: { name: carrier.name, mac: carrier.mac } }),
  };
}

/** Files that tie a name to the hardware address already. */
const tiesNames = /\.link$|\/70-persistent-net\.rules$/;

export function nothingToMend({ drivers, names, lvmDevices, nic }: Mends): boolean {
  return !drivers && !lvmDevices && Object.keys(names).length === 0 && nic === undefined;
}
