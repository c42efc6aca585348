import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
 * The machine's own kernel and initramfs, brought to a folder of the controller. As they are: what an
 * uncompressed kernel saves its guest is lost where it has to be moved by kexec.
 */
export async function ownKernel(
  source: Shell,
  { kernel }: Pick<SourceFacts, 'kernel'>,
  work: string,
): Promise<OwnKernel> {
  const files = ownKernelIn(work);
  await writeFile(files.kernel, await source.readFile(kernel.image));
  await writeFile(files.initramfs, await source.readFile(kernel.initramfs));
  return files;
}
