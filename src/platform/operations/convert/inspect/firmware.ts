import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** What started the machine. */
export interface Firmware {
  kind: 'bios' | 'uefi';
  /** Only what is signed boots. */
  secureBoot: boolean;
}

const script = `
[ -d /sys/firmware/efi ] && echo uefi || echo bios
# Four bytes of attributes, then the value.
for file in /sys/firmware/efi/efivars/SecureBoot-*; do
  [ -r "$file" ] && od -An -tu1 -j4 -N1 "$file"
done
true`;

export async function readFirmware(shell: Shell): Promise<Firmware> {
  return parseFirmware(await look(shell, script));
}

/** @param text `uefi` or `bios`, then the byte of the variable SecureBoot, if there is one */
export function parseFirmware(text: string): Firmware {
  const [kind = '', secure = ''] = text.trim().split(/\s+/);
  return { kind: kind === 'uefi' ? 'uefi' : 'bios', secureBoot: secure === '1' };
}
