import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';
import { unpackKernel } from '../vmm-image/vmm-kernel.ts';

/** Files of the controller. */
export interface OwnKernel {
  kernel: string;
  initramfs: string;
}

/** Type of the ELF note by which a kernel says where QEMU may enter it (XEN_ELFNOTE_PHYS32_ENTRY). */
const pvhNote = /Xen\s+0x\w+\s+(?:Unknown note type: \(0x0*12\)|.*PHYS32_ENTRY)/;

/**
 * The machine's own kernel and initramfs, brought to a folder of the controller; the kernel
 * uncompressed where QEMU starts it so: it would take its time to unpack itself, and the outage with it.
 */
export async function ownKernel(
  local: Shell,
  source: Shell,
  { kernel }: Pick<SourceFacts, 'kernel'>,
  work: string,
): Promise<OwnKernel> {
  const files = { kernel: join(work, 'own-kernel'), initramfs: join(work, 'own-initramfs') };
  await writeFile(files.kernel, await source.readFile(kernel.image));
  await writeFile(files.initramfs, await source.readFile(kernel.initramfs));
  const unpacked = `${files.kernel}.elf`;
  if (await unpackKernel(local, files.kernel, unpacked)) {
    const { stdout } = await local.run(['readelf', '-n', unpacked], { timeout: 60 });
    if (pvhNote.test(stdout)) await rename(unpacked, files.kernel);
    else await rm(unpacked);
  }
  return files;
}
