import type { Shell } from '../../../remote/shell.ts';
import type { MachineKind } from './kinds.ts';

export type { MachineKind } from './kinds.ts';

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

export interface ImageOptions {
  signal?: AbortSignal | undefined;
  /** Tells what is going on where it takes longer. */
  progress?: ((text: string) => void) | undefined;
}

/**
 * The image for machines of a kind, built (about a minute) or taken from the cache.
 * @throws UserError without root or without what builds it
 */
export function machineImage(
  shell: Shell,
  cache: string,
  kind: MachineKind,
  options: ImageOptions = {},
): Promise<MachineImage> {
  throw new Error(`not built yet: ${kind}, ${shell.host}, ${cache}, ${typeof options}`);
}

/**
 * An image that has been built.
 * @param folder in the cache
 * @throws UserError if there is none any more
 */
export function readMachineImage(folder: string): Promise<MachineImage> {
  throw new Error(`not built yet: ${folder}`);
}
