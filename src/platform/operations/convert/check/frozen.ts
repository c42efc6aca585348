import { posix } from 'node:path';
import type { Guest } from '../../../hypervisor/hypervisor.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { envBlockBytes } from '../boot-path/env-block.ts';
import type { BootPath } from '../boot-path/boot-path.ts';
import type { Range } from '../copy/ranges.ts';

/** The target's disk as it was when the machine was handed over. */
export interface FrozenDisk {
  /** Path on the target. */
  file: string;
  /** What differs by intention: the source has its tombstone there. */
  except: Range[];
  /** How what runs on the source is reached. */
  rescue: HostEntry;
  /** Lets the guest go on with that file, with all that it has written since. */
  thaw(): Promise<void>;
}

/**
 * Keeps the disk of a guest that is about to run, to be compared with the source's afterwards: what it
 * writes goes to a file beside it.
 * @throws Error where its hypervisor cannot do that
 */
export async function freezeForCheck(
  guest: Guest,
  { tombstoneAt }: Pick<BootPath, 'tombstoneAt'>,
  rescue: HostEntry,
): Promise<FrozenDisk> {
  const { hypervisor, spec } = guest;
  if (hypervisor.freeze === undefined) {
    throw new Error(`${hypervisor.name} cannot keep a guest's disk to be checked`);
  }
  const overlay = posix.join(posix.dirname(spec.disk.path), 'written-since.qcow2');
  const thaw = await hypervisor.freeze(guest, overlay);
  const except = [{ offset: tombstoneAt, bytes: envBlockBytes }];
  return { file: spec.disk.path, except, rescue, thaw };
}
