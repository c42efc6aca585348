import { join } from 'node:path';
import type { Command } from 'commander';
import { stateDirectory } from '../../platform/ledger/state-directory.ts';
import type { Role } from '../../manager/wire/certificates/authority.ts';

/** Where a member keeps what it is, unless `--folder` says otherwise. */
export function memberFolder(role: Role): string {
  return join(stateDirectory(), 'cluster', role);
}

/** `--folder`, the same for all that are a member. */
export function withFolder(command: Command, role: Role): Command {
  const text = `folder of the ${role} (default: cluster/${role} in the state directory)`;
  return command.option('--folder <folder>', text);
}
