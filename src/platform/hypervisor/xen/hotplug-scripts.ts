import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { packageRoot } from '../../../base/package-root.ts';
import { ownedDirectoryOn } from '../../ledger/owned-directory-on.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Host } from '../../remote/host.ts';

const folder = join(packageRoot, 'src/platform/hypervisor/xen/hotplug-scripts');

/** The scripts that libxl calls for a disk and for a network interface on a bridge. */
export const scriptNames = { disk: 'block', nic: 'vif-bridge' } as const;

/**
 * Puts the light hotplug scripts on a host: they check the sharing of disks as the toolstack's own,
 * with a few processes instead of dozens. Entered in the ledger before, gone with it: after the
 * guests, whose devices need them to the end.
 * @param mark of the run
 * @returns their directory, which has the same path on every host, so that a guest finds them wherever
 *   it goes
 * @throws UserError if the host has no place for hotplug scripts, or not for ours
 */
export async function installHotplugScripts(
  host: Host,
  ledger: Ledger,
  mark: string,
): Promise<string> {
  const path = hotplugScriptsPath(mark);
  const real = await ownedDirectoryOn(host, ledger, path);
  for (const name of Object.values(scriptNames)) {
    const file = posix.join(real, name);
    await host.shell.writeFile(file, await readFile(join(folder, name)));
    await host.shell.run(['chmod', '755', file], { timeout: 30 });
  }
  return path;
}

/** Where the light scripts of a run are, on each of its hosts. */
export function hotplugScriptsPath(mark: string): string {
  return `/etc/xen/scripts/vg-${mark}`;
}
