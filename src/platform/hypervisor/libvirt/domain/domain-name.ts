import { expectName } from '../../../../base/name.ts';
import type { GuestSpec } from '../../hypervisor.ts';

/**
 * What libvirt calls a guest. On a host it must be the only one of its name, also among the guests of
 * other runs: the guest's name with the end of its MAC, which is drawn anew for each guest and stays
 * with it when it moves.
 * @throws UserError if the guest's name is none
 */
export function domainName({ name, mac }: Pick<GuestSpec, 'name' | 'mac'>): string {
  return `${expectName(name, 'guest')}-${mac.replaceAll(':', '').slice(-6)}`;
}
