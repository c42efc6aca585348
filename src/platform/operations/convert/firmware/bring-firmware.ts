import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { BootEntry } from '../inspect/boot-entries.ts';
import type { Ovmf } from './ovmf.ts';
import { withVariables, type FirmwareVariable } from './variable-store.ts';

/**
 * Gives a guest a UEFI of its own on its host, which starts what the machine's own firmware did: the
 * entries that name a file of a disk, in their order. Where they fail, or there is none, it looks for
 * `\\EFI\\BOOT\\BOOTX64.EFI` by itself.
 * @param work folder of the controller
 */
export async function bringFirmware(
  shell: Shell,
  { code, variables }: Ovmf,
  entries: readonly BootEntry[],
  { work, to }: { work: string; to: NonNullable<GuestSpec['firmware']> },
): Promise<void> {
  const own = join(work, 'firmware-variables');
  await writeFile(own, withVariables(await readFile(variables), bootVariables(entries)));
  await shell.upload(code, to.code);
  await shell.upload(own, to.variables);
}

/** The entries, and their order. */
export function bootVariables(
  entries: readonly Pick<BootEntry, 'number' | 'option'>[],
): FirmwareVariable[] {
  if (entries.length === 0) return [];
  // BootOrder: 16 bits each, the lower byte first.
  const order = Buffer.concat(entries.map(({ number }) => Buffer.from(number, 'hex').reverse()));
  return [
    ...entries.map(({ number, option }) => ({
      name: `Boot${number}`,
      data: Buffer.from(option, 'hex'),
    })),
    { name: 'BootOrder', data: order },
  ];
}
