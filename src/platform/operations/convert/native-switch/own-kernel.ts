import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackKernel } from '../../../lab/machines/image/unpack-kernel.ts';
import { localShell } from '../../../remote/local.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';

/** Files of the controller. */
export interface OwnKernel {
  kernel: string;
  initramfs: string;
}

/** Where they lie in the folder of a conversion. */
export function ownKernelIn(work: string): OwnKernel {
  return { kernel: join(work, 'own-kernel'), initramfs: join(work, 'own-initramfs') };
}

/**
 * The machine's own kernel and initramfs, brought to a folder of the controller. The kernel unpacked
 * where QEMU starts it so: to unpack itself is the longest part of its start.
 */
export async function ownKernel(
  source: Shell,
  { kernel, firmware }: Pick<SourceFacts, 'kernel' | 'firmware'>,
  work: string,
): Promise<OwnKernel> {
  const files = ownKernelIn(work);
  await writeFile(files.kernel, await source.readFile(kernel.image));
  await writeFile(files.initramfs, await source.readFile(kernel.initramfs));
  // OVMF starts what has an EFI stub.
  if (firmware === 'bios') await unpackInPlace(files.kernel);
  return files;
}

async function unpackInPlace(kernel: string): Promise<void> {
  const unpacked = `${kernel}.unpacked`;
  if (!(await unpackKernel(localShell, kernel, unpacked))) return;
  if (hasPvhEntry(await readFile(unpacked))) await rename(unpacked, kernel);
  else await rm(unpacked);
}

/**
 * Whether an ELF image says where it is entered without a boot loader's protocol: Xen's ELF note 18
 * (PHYS32_ENTRY), of the PVH boot ABI, with an address of four or eight bytes.
 */
export function hasPvhEntry(image: Buffer): boolean {
  return [4, 8].some((size) => {
    const note = Buffer.alloc(16, 'Xen\0', 'latin1');
    note.writeUInt32LE(4, 0);
    note.writeUInt32LE(size, 4);
    note.writeUInt32LE(18, 8);
    return image.includes(note);
  });
}
