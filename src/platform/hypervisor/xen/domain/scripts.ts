import { posix } from 'node:path';
import type { GuestSpec } from '../../hypervisor.ts';
import { scriptNames } from '../hotplug-scripts.ts';

/** Paths of the hotplug scripts of a guest; undefined: the host's own. */
export function scriptsOf({ hotplugScripts }: Pick<GuestSpec, 'hotplugScripts'>): {
  disk: string | undefined;
  nic: string | undefined;
} {
  const path = (name: string) =>
    hotplugScripts === undefined ? undefined : posix.join(hotplugScripts, name);
  return { disk: path(scriptNames.disk), nic: path(scriptNames.nic) };
}
