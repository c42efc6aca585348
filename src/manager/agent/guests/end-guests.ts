import { endProcessesOn } from '../../../platform/ledger/kinds/remote-processes.ts';
import { destroyDomains } from '../../../platform/ledger/kinds/xen-domains.ts';
import type { Shell } from '../../../platform/remote/shell.ts';
import { clusterMark, clusterVariable } from './ground.ts';
import { beginningOfMark } from './hypervisors/xen.ts';

/**
 * Ends all guests of one host of a cluster, whatever runs them, past its agent: processes by their
 * environment, domains of Xen by their names.
 * @throws Error if a second look finds one
 */
export async function endGuestsOn(shell: Shell, cluster: string, host: string): Promise<void> {
  const setting = `${clusterVariable}=${clusterMark(cluster, host)}`;
  const end = async () => [
    ...(await endProcessesOn(shell, setting)),
    ...(await destroyDomains(shell, beginningOfMark(cluster))),
  ];
  await end();
  const left = await end();
  if (left.length > 0) throw new Error('guests come again and again');
}
