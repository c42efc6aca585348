import type { GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { Levels } from '../../scenario/levels.ts';

/** How guests of these levels are connected on a host; their address is not decided here. */
export function networkOn(
  { bridge }: Pick<Host, 'bridge'>,
  { network }: Pick<Levels, 'network'>,
): GuestSpec['network'] {
  const named = /^bridge:(.+)$/.exec(network)?.[1] ?? (network === 'auto' ? bridge : undefined);
  return named === undefined ? { kind: 'user' } : { kind: 'bridge', bridge: named };
}

/** The address that a guest has been given, if any. */
export function addressIn(network: GuestSpec['network']): { address?: string } {
  return network.kind === 'bridge' && network.address !== undefined
    ? { address: network.address }
    : {};
}
