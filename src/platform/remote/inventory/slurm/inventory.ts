import type { Read } from '../../../../base/yaml/read-source.ts';
import { loadInventory, type Inventory } from '../load.ts';
import type { Defaults } from '../resolve.ts';
import type { Allocation } from './allocation.ts';
import { nodeEntry } from './nodes.ts';

/**
 * What stands behind `slurm` in `--hosts`: the file of an inventory, or nothing.
 * @returns undefined if the text names no nodes of Slurm
 */
export function slurmHosts(text: string): { file?: string } | undefined {
  if (text === 'slurm') return {};
  const file = /^slurm:(.+)$/.exec(text)?.[1];
  return file === undefined ? undefined : { file };
}

/**
 * The nodes of an allocation as an inventory.
 * @param file an inventory with an entry `slurm`, which every node is like
 * @throws UserError with every problem of the file, each with its position
 */
export function slurmInventory(
  file: string | undefined,
  allocation: Allocation,
  options: { read?: Read; defaults?: Defaults } = {},
): Inventory {
  if (file !== undefined) return loadInventory(file, { ...options, allocation });
  const plain = new TextEncoder().encode(`hosts: { ${nodeEntry}: {} }`);
  return loadInventory('--hosts slurm', { ...options, allocation, read: () => plain });
}
