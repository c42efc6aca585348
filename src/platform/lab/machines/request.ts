import { UserError } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/units.ts';
import { expectLabName } from '../lab-name.ts';
import type { LabPlace } from '../make-lab.ts';
import type { DiskCache } from './disk-cache.ts';
import type { MachineKind } from './image/kinds.ts';

export interface MachinesRequest extends LabPlace {
  /** A kind for each host. */
  machines: readonly MachineKind[];
  /** A directory of the first machine that hosts guests, which all such see at /mnt/shared, over NFS. */
  shared?: 'nfs' | undefined;
  /** Bytes that each has; by default what its kind needs. */
  memory?: number | undefined;
  /** Bytes a second on each host's wire, in each direction. */
  linkRate?: number | undefined;
  /** `unsafe` by default. */
  diskCache?: DiskCache | undefined;
  /** Boot machines though there are saved ones, and save none. */
  fresh?: boolean | undefined;
  /** What runs the machines; by default what the processor allows. */
  accelerator?: 'kvm' | 'tcg' | undefined;
  /** Tells what is going on where it takes longer. */
  progress?: ((text: string) => void) | undefined;
}

const leastMemory = 256 * 2 ** 20;

/** @throws UserError if no machine could make such a lab */
export function checkMachinesRequest({ name, memory, machines, shared }: MachinesRequest): void {
  expectLabName(name);
  if (shared !== undefined && machines.every((kind) => kind === 'plain')) {
    throw new UserError({
      message: `--shared: expected a machine that hosts guests, got ${machines.length} of kind plain`,
    });
  }
  if (memory === undefined || memory >= leastMemory) return;
  throw new UserError({
    message: `--memory: expected at least ${formatBytes(leastMemory)} for a machine, got ${formatBytes(memory)}`,
  });
}
