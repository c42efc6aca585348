import type { Shell } from '../../../remote/shell.ts';
import { parseBootEntries, type BootEntry } from './boot-entries.ts';
import { look, partsOf, separate } from './look.ts';

/** What started the machine. */
export interface Firmware {
  kind: 'bios' | 'uefi';
  /** Only what is signed boots. */
  secureBoot: boolean;
  /** UEFI: what it is told to start from a disk, in its order. */
  entries?: BootEntry[];
  /** UEFI: whether there is `\\EFI\\BOOT\\BOOTX64.EFI`, which is started without being named. */
  removable?: boolean;
}

const script = `
[ -d /sys/firmware/efi ] && echo uefi || echo bios
# Four bytes of attributes, then the value.
for file in /sys/firmware/efi/efivars/SecureBoot-*; do
  [ -r "$file" ] && od -An -tu1 -j4 -N1 "$file"
done
${separate}
[ -d /sys/firmware/efi ] || exit 0
# Mounted at a look where systemd does that.
ls /boot/efi /efi > /dev/null 2>&1
while read -r _ folder type _; do
  [ "$type" = vfat ] && [ -e "$folder/EFI/BOOT/BOOTX64.EFI" ] && echo removable
done < /proc/mounts
of=8be4df61-93ca-11d2-aa0d-00e098032b8c
for file in /sys/firmware/efi/efivars/Boot*-$of; do
  [ -r "$file" ] || continue
  name=\${file##*/}
  echo "\${name%-$of} $(od -An -v -tx1 -j4 "$file" | tr -d ' \\n')"
done
true`;

export async function readFirmware(shell: Shell): Promise<Firmware> {
  return parseFirmware(await look(shell, script));
}

/**
 * @param text `uefi` or `bios`, then the byte of the variable SecureBoot, if there is one; in a second
 *   part `removable` if that file is there, and the variables whose names begin with Boot
 */
export function parseFirmware(text: string): Firmware {
  const [first = '', second = ''] = partsOf(text);
  const [kind = '', secure = ''] = first.split(/\s+/);
  if (kind !== 'uefi') return { kind: 'bios', secureBoot: false };
  return {
    ...{ kind, secureBoot: secure === '1' },
    entries: parseBootEntries(second),
    removable: /^removable$/m.test(second),
  };
}
