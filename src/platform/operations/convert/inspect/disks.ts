import type { BlockDevice } from './block-devices.ts';
import type { FileSystemUse } from './file-systems.ts';

/** A disk of the machine, with what it takes to copy it. */
export interface Disk {
  path: string;
  /** Bytes. */
  size: number;
  /** Bytes that hold something; all of what is on it and not mounted counts as used. */
  used: number;
  /** Bytes of its sectors, where they are not 512. */
  sector?: number;
  transport?: string;
  model?: string;
  table?: string;
  /** What lies on it that a conversion has to know of, in order of path. */
  volumes: Volume[];
}

/** A disk that is not copied. */
export interface LeftOut {
  path: string;
  /** Bytes. */
  size: number;
  why: 'read-only' | 'usb';
  /** Where the machine uses it all the same. */
  mountPoint?: string;
}

/** A part of a disk with content of its own. */
export interface Volume {
  path: string;
  name: string;
  type: string;
  size: number;
  used: number;
  content?: string;
  uuid?: string;
  mountPoint?: string;
  /** What lies between it and the disk, outermost first: `part`, `crypt`, `lvm`, `raid1`. */
  through: string[];
  /** Names of the encrypted mappings among those: `sda5_crypt`. */
  ciphers?: string[];
}

/** Bytes that a table of partitions and a boot loader before the first one take. */
const tableBytes = 2 ** 20;

/** What the kernel makes up, and what is no part of the machine. */
const noDisk = /^(zram|ram|loop|nbd|fd|sr|dm-)\d/;

/**
 * The disks of a machine with what they hold. Left out: empty drives, what is only read, sticks and
 * other guests of the USB unless something of the system is on them.
 */
export function disksOf(
  devices: readonly BlockDevice[],
  systems: readonly FileSystemUse[],
): Disk[] {
  return withVolumes(devices, systems).flatMap(({ device, volumes, why }) => {
    const { path, size, sector, transport, model, table } = device;
    if (why !== undefined) return [];
    const bare = volumes.length === 1 && volumes[0]?.path === path;
    const used = volumes.reduce((sum, volume) => sum + volume.used, bare ? 0 : tableBytes);
    return [
      {
        ...{ path, size, used: Math.min(used, size), volumes },
        ...(sector !== undefined && { sector }),
        ...(transport !== undefined && { transport }),
        ...(model !== undefined && { model }),
        ...(table !== undefined && { table }),
      },
    ];
  });
}

/** The disks that a conversion leaves out. */
export function leftOutOf(
  devices: readonly BlockDevice[],
  systems: readonly FileSystemUse[],
): LeftOut[] {
  return withVolumes(devices, systems).flatMap(({ device: { path, size }, volumes, why }) => {
    if (why === undefined) return [];
    const mountPoint = volumes.find((volume) => volume.mountPoint !== undefined)?.mountPoint;
    return [{ path, size, why, ...(mountPoint !== undefined && { mountPoint }) }];
  });
}

/** Each that is there, and why it is left out. */
function withVolumes(devices: readonly BlockDevice[], systems: readonly FileSystemUse[]) {
  return devices.flatMap((device) => {
    const { type, path, size, readOnly, transport } = device;
    if (type !== 'disk' || noDisk.test(path.replace(/^\/dev\//, '')) || size === 0) return [];
    const volumes = volumesOf(device, { through: [], ciphers: [] }, systems);
    const loose = volumes.every(({ mountPoint }) => mountPoint === undefined);
    const why: LeftOut['why'] | undefined = readOnly
      ? 'read-only'
      : transport === 'usb' && loose
        ? 'usb'
        : undefined;
    return [{ device, volumes, why }];
  });
}

function volumesOf(
  device: BlockDevice,
  above: { through: readonly string[]; ciphers: readonly string[] },
  systems: readonly FileSystemUse[],
): Volume[] {
  const through = [...above.through, ...(device.type === 'disk' ? [] : [device.type])];
  const ciphers = [...above.ciphers, ...(device.type === 'crypt' ? [device.name] : [])];
  if (device.parts.length > 0) {
    return device.parts.flatMap((part) => volumesOf(part, { through, ciphers }, systems));
  }
  const { path, name, type, size, content, uuid } = device;
  const mountPoint = holdsRoot(device, systems) ? '/' : device.mountPoint;
  if (content === undefined && mountPoint === undefined) return [];
  return [
    {
      ...{ path, name, type, size, through },
      used: usedOf(device, mountPoint, systems),
      ...(content !== undefined && { content }),
      ...(uuid !== undefined && { uuid }),
      ...(mountPoint !== undefined && { mountPoint }),
      ...(ciphers.length > 0 && { ciphers }),
    },
  ];
}

/** Whether df names it as the source of `/`: lsblk before 2.37 may name another of its mounts. */
function holdsRoot({ path, name }: BlockDevice, systems: readonly FileSystemUse[]): boolean {
  return systems.some(
    ({ source, mountPoint }) =>
      mountPoint === '/' && (source === path || source === `/dev/mapper/${name}`),
  );
}

/** Where a file lies that is on one of the disks. */
export function placeOf(
  file: string,
  disks: readonly Disk[],
): { disk: Disk; volume: Volume } | undefined {
  const holds = ({ mountPoint = '' }: Volume) =>
    mountPoint === '/' || (mountPoint !== '' && file.startsWith(`${mountPoint}/`));
  const length = ({ volume }: { volume: Volume }) => volume.mountPoint?.length ?? 0;
  return disks
    .flatMap((disk) => disk.volumes.filter(holds).map((volume) => ({ disk, volume })))
    .sort((a, b) => length(b) - length(a))[0];
}

/** What swap holds is worth nothing on the target; what is not mounted may be full. */
function usedOf(
  { content, size }: BlockDevice,
  mountPoint: string | undefined,
  systems: readonly FileSystemUse[],
) {
  if (content === 'swap' || mountPoint === '[SWAP]') return 0;
  const system = systems.find((each) => each.mountPoint === mountPoint);
  if (system === undefined) return size;
  // What df counts as size leaves out the file system's tables, which are copied too.
  return Math.min(size, system.used + Math.max(0, size - system.size));
}
