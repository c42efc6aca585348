import type { Host } from '../../remote/host.ts';
import type { Guest, GuestSpec, Hypervisor } from '../hypervisor.ts';
import { domainName } from './domain/domain-name.ts';
import { attach, listenTo } from './guest.ts';
import { domainState } from './virsh.ts';

/**
 * A guest that others have started by libvirt, from the same spec.
 * @returns undefined if libvirt knows none
 * @throws Error if it cannot be reached
 */
export async function adopt(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
): Promise<Guest | undefined> {
  if ((await domainState(host.shell, domainName(spec))) === 'absent') return undefined;
  const ear = await listenTo(host, spec);
  try {
    return await attach(hypervisor, host, spec, ear);
  } catch (error) {
    await ear.stop();
    throw error;
  }
}
