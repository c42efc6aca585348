import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** Where LVM has the disks that it looks at (lvmdevices(8)); without it, it looks at all. */
export const lvmDevicesFile = '/etc/lvm/devices/system.devices';

/** Since 2.03.23 LVM looks for its disks anew where they come up in another machine. */
const script = `
[ -f "$1" ] || exit 0
case $(lvmconfig --type full devices/use_devicesfile 2>/dev/null) in *=0) exit 0 ;; esac
case $(lvmconfig --type full devices/device_ids_refresh 2>/dev/null) in *=1) exit 0 ;; esac
cat "$1"`;

/** What LVM would not find in a guest, as it knows it by its hardware: `/dev/sda3`. */
export async function readLvmDevices(shell: Shell): Promise<string[]> {
  return parseLvmDevices(await look(shell, script, { args: [lvmDevicesFile] }));
}

/** @param text of the file */
export function parseLvmDevices(text: string): string[] {
  const lines = text.matchAll(/^IDTYPE=(?:sys_wwid|sys_serial|wwid_\w+) (?:.* )?DEVNAME=(\S+)/gm);
  return [...lines].map(([, name = '']) => name);
}
