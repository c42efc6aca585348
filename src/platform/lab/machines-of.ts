import { stateDirectory } from '../ledger/state-directory.ts';
import type { HostEntry } from '../remote/inventory/schema.ts';
import { labExists, readLab, type MachinesRecord } from './lab-record.ts';

/** The lab that a host belongs to; undefined if it is none of machines, or no more. */
export function machinesOf({
  name,
  token,
}: NonNullable<HostEntry['lab']>): MachinesRecord | undefined {
  const state = stateDirectory();
  const record = labExists(state, name) ? readLab(state, name) : undefined;
  return record?.kind === 'machines' && record.token === token ? record : undefined;
}
