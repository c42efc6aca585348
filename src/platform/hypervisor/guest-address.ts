import type { GuestSpec } from './hypervisor.ts';

/** The address that a guest is to give itself, such as `10.77.0.64/24`; undefined if it has none. */
export function guestAddress(network: GuestSpec['network']): string | undefined {
  // QEMU's user network expects its guest at this one.
  return network.kind === 'user' ? '10.0.2.15/24' : network.address;
}
