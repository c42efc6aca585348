import type { Host } from '../../remote/host.ts';
import type { Guest, GuestSpec, Hypervisor } from '../hypervisor.ts';
import { domainName } from './domain/domain-name.ts';
import { XenGuest } from './guest.ts';
import { isAbsent, xl } from './xl.ts';

/**
 * A guest that others have started by xl, from the same spec.
 * @returns undefined if there is no such domain
 * @throws CommandError if it cannot be reached
 */
export async function adopt(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
): Promise<Guest | undefined> {
  const id = await domainIdOf(host, spec);
  if (id === undefined) return undefined;
  const guest = new XenGuest(hypervisor, host, spec);
  await guest.adopt(id);
  return guest;
}

async function domainIdOf({ shell }: Host, spec: GuestSpec): Promise<number | undefined> {
  try {
    return Number(await xl(shell, ['domid', domainName(spec)]));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
