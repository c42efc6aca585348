import { join } from 'node:path';
import type { Host } from '../../remote/host.ts';
import { CommandError } from '../../remote/shell.ts';
import type { Guest, GuestSpec, Hypervisor } from '../hypervisor.ts';
import { setDirectIoOf } from './direct-io.ts';
import { domainConfig } from './domain/config.ts';
import { diskName } from './domain/disk.ts';
import { domainName } from './domain/domain-name.ts';
import { findBoot } from './find-boot.ts';
import { XenGuest } from './guest.ts';
import { expectQemuDisk } from './qemu-disk.ts';
import { whyNotStarted } from './why-not-started.ts';
import { plainLanguage, xl } from './xl.ts';

/** Seconds: hotplug scripts of all guests wait for each other. */
const createLimit = 180;

/** Where a guest's configuration lies. */
export function configPath({ directory }: Pick<GuestSpec, 'directory'>): string {
  return join(directory, 'domain.cfg');
}

/**
 * Starts a guest with its CPUs held. Its configuration stays in its directory.
 * @throws UserError for what Xen or its host cannot do; Error in xl's own words
 */
export async function launch(hypervisor: Hypervisor, host: Host, spec: GuestSpec): Promise<Guest> {
  const { shell } = host;
  await shell.writeFile(configPath(spec), domainConfig(spec, await findBoot(shell, spec)));
  const guest = new XenGuest(hypervisor, host, spec);
  await start(guest, ['create', '-p', '-e', configPath(spec)]);
  return guest;
}

/**
 * Makes the domain of a guest by a command of xl, and takes it as the guest's own.
 * @throws UserError or Error that says why; nothing of the domain is left then
 */
export async function start(
  guest: XenGuest,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { spec, host } = guest;
  const { shell } = host;
  const name = domainName(spec);
  try {
    await shell.run(['xl', ...command], {
      timeout: createLimit,
      ...(signal && { signal }),
      // By it the ledger finds xl, and the QEMU that it may start.
      env: { ...plainLanguage, ...spec.environment },
    });
    const id = Number(await xl(shell, ['domid', name]));
    await setDirectIoOf(shell, id, spec);
    await expectQemuDisk(shell, id, spec.disk, diskName(0), name);
    await guest.adopt(id);
  } catch (cause) {
    const why = await whyNotStarted(shell, spec, cause);
    // xl cleans up after itself, unless it was stopped.
    const ours = guest.id !== undefined || !(cause instanceof CommandError) || cause.code !== 3;
    if (ours) await xl(shell, ['destroy', name]).catch(() => undefined);
    await guest.destroy().catch(() => undefined);
    throw why;
  }
}
