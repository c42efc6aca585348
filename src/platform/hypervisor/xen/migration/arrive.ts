import type { Host } from '../../../remote/host.ts';
import type { Guest, GuestSpec, Hypervisor } from '../../hypervisor.ts';
import { setDirectIoOf } from '../direct-io.ts';
import { XenGuest } from '../guest.ts';
import { xl } from '../xl.ts';

/**
 * The guest that xl has brought to a host.
 * @throws CommandError if it is not there, or cannot be listened to; the domain is left as it is
 */
export async function arrive(
  hypervisor: Hypervisor,
  host: Host,
  spec: GuestSpec,
  domain: string,
): Promise<Guest> {
  const { shell } = host;
  const id = Number(await xl(shell, ['domid', domain]));
  const guest = new XenGuest(hypervisor, host, spec, true);
  try {
    await guest.adopt(id);
    await setDirectIoOf(shell, id, spec);
    return guest;
  } catch (error) {
    guest.control.close();
    throw error;
  }
}
