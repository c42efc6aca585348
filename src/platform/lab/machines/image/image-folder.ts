import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../../base/errors.ts';
import { xenArguments } from './arguments.ts';
import { machineKinds, type MachineKind } from './kinds.ts';

/** What machines of a kind are started from; paths are absolute. */
export interface MachineImage {
  /** In the cache. */
  folder: string;
  kind: MachineKind;
  /** Changes when anything in it changes. */
  key: string;
  /** Of what matters to results: kernel, QEMU, Xen, … */
  versions: Record<string, string>;
  /** Absent: the disk has a boot loader. */
  kernel?: string;
  initramfs?: string;
  /** Arguments of the kernel. */
  append: string;
  /**
   * Xen is what QEMU boots; kernel and initramfs are its modules. Its arguments give the first
   * domain 1 GiB; a `dom0_mem=SIZE,max:SIZE` behind them wins.
   */
  xen?: { image: string; append: string };
  /** Raw, sparse; to be used as a backing file, never written. */
  disk: string;
}

/** Where the parts of an image are. */
export function imageFiles(folder: string) {
  return {
    about: join(folder, 'image.json'),
    disk: join(folder, 'disk.raw'),
    initramfs: join(folder, 'initramfs'),
    kernel: join(folder, 'kernel'),
    xen: join(folder, 'xen'),
  };
}

const aboutSchema = z.strictObject({
  kind: z.enum(machineKinds),
  key: z.string(),
  versions: z.record(z.string(), z.string()),
  append: z.string(),
});

export async function writeAbout(
  folder: string,
  about: z.infer<typeof aboutSchema>,
): Promise<void> {
  const text = JSON.stringify(aboutSchema.parse(about), null, 2);
  await writeFile(imageFiles(folder).about, `${text}\n`);
}

/**
 * An image that has been built.
 * @param folder in the cache
 * @throws UserError if there is none any more
 */
export async function readMachineImage(folder: string): Promise<MachineImage> {
  const { about, disk, initramfs, kernel, xen } = imageFiles(folder);
  if (!existsSync(about) || !existsSync(disk)) {
    throw new UserError({
      where: folder,
      message: 'expected the image of a machine, it is gone from the cache',
      remedy: 'Take the lab down and make it again.',
    });
  }
  const { kind, ...rest } = aboutSchema.parse(JSON.parse(await readFile(about, 'utf8')));
  return {
    ...{ folder, kind, ...rest, disk },
    ...(kind !== 'plain' && { kernel, initramfs }),
    ...(kind === 'xen' && { xen: { image: xen, append: xenArguments } }),
  };
}
