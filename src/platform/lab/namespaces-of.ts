import { stateDirectory } from '../ledger/state-directory.ts';
import type { HostEntry } from '../remote/inventory/schema.ts';
import { labExists, readLab, type NamespacesRecord } from './lab-record.ts';

/** The lab that a host belongs to; undefined if it is none of namespaces, or no more. */
export function namespacesOf({
  name,
  token,
}: NonNullable<HostEntry['lab']>): NamespacesRecord | undefined {
  const state = stateDirectory();
  const record = labExists(state, name) ? readLab(state, name) : undefined;
  return record?.kind === 'namespaces' && record.token === token ? record : undefined;
}
