import { stateDirectory } from '../ledger/state-directory.ts';
import type { MachinesRecord } from '../lab/lab-record.ts';
import type { HostEntry } from '../remote/inventory/schema.ts';

/** The lab that a host belongs to; undefined if it is none of machines, or no more. */
export async function machinesOf({
  name,
  token,
}: NonNullable<HostEntry['lab']>): Promise<MachinesRecord | undefined> {
  const { labExists, readLab } = await import('../lab/lab-record.ts');
  const state = stateDirectory();
  const record = labExists(state, name) ? readLab(state, name) : undefined;
  return record?.kind === 'machines' && record.token === token ? record : undefined;
}
