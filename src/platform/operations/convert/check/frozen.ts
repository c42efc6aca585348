import type { Guest } from '../../../hypervisor/hypervisor.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { envBlockBytes } from '../boot-path/env-block.ts';
import type { BootPath } from '../boot-path/boot-path.ts';
import type { Range } from '../copy/ranges.ts';
import { allDisks, writtenSince } from './written-since.ts';

/** The target's disks as they were when the machine was handed over. */
export interface FrozenDisks {
  /** In the machine's order. */
  disks: {
    /** Path on the target. */
    file: string;
    /** What differs by intention: the source has its tombstone there. */
    except: Range[];
  }[];
  /** How what runs on the source is reached. */
  rescue: HostEntry;
  /** Lets the guest go on with those files, with all that it has written since. */
  thaw(): Promise<void>;
}

/**
 * Keeps the disks of a guest that is about to run, to be compared with the source's afterwards: what it
 * writes goes to files beside them.
 * @throws Error where its hypervisor cannot do that
 */
export async function freezeForCheck(
  guest: Guest,
  { tombstoneAt }: Pick<BootPath, 'tombstoneAt'>,
  rescue: HostEntry,
): Promise<FrozenDisks> {
  const { hypervisor, spec } = guest;
  if (hypervisor.freeze === undefined) {
    throw new Error(`${hypervisor.name} cannot keep a guest's disks to be checked`);
  }
  const paths = allDisks(spec).map(({ path }) => path);
  const overlays = paths.map((path) => writtenSince(path));
  const thaw = await hypervisor.freeze(guest, overlays);
  const tombstone = { offset: tombstoneAt, bytes: envBlockBytes };
  const disks = paths.map((file, index) => ({ file, except: index === 0 ? [tombstone] : [] }));
  return { disks, rescue, thaw };
}
