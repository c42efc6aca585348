import type { Host } from '../../../remote/host.ts';
import type { Guest, GuestSpec, Hypervisor } from '../../hypervisor.ts';
import type { SavedState } from '../../saved-state.ts';
import { domainConfig } from '../domain/config.ts';
import { findBoot } from '../find-boot.ts';
import { XenGuest, xenGuest } from '../guest.ts';
import { configPath, start } from '../launch.ts';

/**
 * Prepares a guest that will come from a state: its configuration is written. Its domain is made with
 * the state, by `loadState`.
 */
export async function launchForState(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
): Promise<Guest> {
  const { shell } = host;
  await shell.writeFile(configPath(spec), domainConfig(spec, await findBoot(shell, spec)));
  return new XenGuest(hypervisor, host, spec, true);
}

/**
 * Makes the guest's domain from a state, with its CPUs held.
 * @throws UserError or Error in xl's own words; nothing of it is left then
 */
export async function loadState(
  guest: Guest,
  { path }: SavedState,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { spec } = guest;
  await start(xenGuest(guest), ['restore', '-p', '-e', configPath(spec), path], signal);
}
