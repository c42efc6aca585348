import { installHotplugScripts } from '../../../platform/hypervisor/xen/hotplug-scripts.ts';
import type { Ledger } from '../../../platform/ledger/ledger.ts';
import { runs, type Host } from '../../../platform/remote/host.ts';
import type { Levels } from '../../scenario/levels.ts';

/**
 * Puts the light hotplug scripts on the hosts that run Xen, if an arm wants them.
 * @returns their directory, the same on all of these hosts
 */
export async function lightScripts(
  hosts: readonly Host[],
  arms: readonly Levels[],
  ledger: Ledger,
  mark: string,
): Promise<string | undefined> {
  if (!arms.some(({ hotplugScripts }) => hotplugScripts === 'light')) return undefined;
  const able = hosts.filter((host) => runs(host, 'xen'));
  const paths = await Promise.all(able.map((host) => installHotplugScripts(host, ledger, mark)));
  return paths[0];
}
