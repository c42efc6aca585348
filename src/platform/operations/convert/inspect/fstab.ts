import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** What the machine's system calls a part of a disk. */
export interface DiskName {
  /** As it is written: `/dev/sda1`, `/dev/disk/by-id/ata-…-part1`. */
  name: string;
  /** `/dev/sda1` */
  device: string;
}

/** Names of disks that are others in a guest. */
export async function readDiskNames(shell: Shell): Promise<DiskName[]> {
  const script = `cat /etc/fstab 2>/dev/null
echo
# The second word of a line is the device.
awk '!/^[[:space:]]*(#|$)/ { print $2, $1 }' /etc/crypttab 2>/dev/null
cat /proc/cmdline`;
  const names = parseDiskNames(await look(shell, script));
  const resolve = 'for name; do readlink -f -- "$name" || echo "$name"; done';
  const devices =
    names.length === 0 ? [] : (await look(shell, resolve, { args: names })).split('\n');
  return names.map((name, index) => ({ name, device: devices[index] || name }));
}

/**
 * @param text of `/etc/fstab`, the devices of `/etc/crypttab`, and the kernel's command line
 * @returns such as `/dev/sda1`, each once; not `/dev/vda1`, which a guest has as well
 */
export function parseDiskNames(text: string): string[] {
  const names = text.split('\n').flatMap((line) => {
    const [, source = ''] = /^\s*(\/dev\/\S+)\s/.exec(line) ?? [];
    const named = [...line.matchAll(/(?:^|\s)(?:root|resume)=(\/dev\/\S+)/g)];
    return [source, ...named.map(([, device = '']) => device)];
  });
  return [...new Set(names.filter((name) => others.test(name)))];
}

/** By the kernel, by the slot, or by the model and serial number of the disk. */
const others = /^\/dev\/([sh]d[a-z]|xvd[a-z]|nvme\d|mmcblk\d|disk\/by-(id|path)\/(?!(dm|md|lvm)-))/;
