import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { Scenario } from '../harness/scenario/schema.ts';
import { inventoryPath } from '../platform/lab/inventory-path.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { loadInventory, type Inventory } from '../platform/remote/inventory/load.ts';
import { currentAllocation } from '../platform/remote/inventory/slurm/allocation.ts';
import { slurmHosts, slurmInventory } from '../platform/remote/inventory/slurm/inventory.ts';
import { wholeNumber } from './whole-number.ts';

export interface HostOptions {
  hosts?: string;
  parallel: number;
}

/** `--hosts` and `--parallel`, the same for all that runs trials. */
export function withHostOptions(command: Command): Command {
  return command
    .option(
      '--hosts <inventory>',
      'file of an inventory of hosts, lab, lab:NAME, slurm, or slurm:FILE (default: from the scenario, else this machine)',
    )
    .option(
      '--parallel <trials>',
      'trials at once, on hosts of their own; as many as there are hosts for',
      wholeNumber,
      1,
    );
}

/**
 * The hosts that a scenario names.
 * @throws UserError if they cannot be read, or there is no lab, or no allocation of Slurm
 */
export function inventoryOf({ hosts }: Pick<Scenario, 'hosts'>): Inventory | undefined {
  return hosts === undefined ? undefined : readInventory(hosts);
}

/** @param hosts as `--hosts` has it */
export function readInventory(hosts: string): Inventory {
  const slurm = slurmHosts(hosts);
  if (slurm === undefined) return loadInventory(inventoryPath(hosts, stateDirectory()));
  return slurmInventory(slurm.file, currentAllocation(process.env, hostname()));
}
