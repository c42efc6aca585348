import { UserError } from '../../../base/errors.ts';
import type { GuestSpec } from '../../hypervisor/hypervisor.ts';
import type { ConversionTarget, SourceFacts } from './conversion.ts';

/** What a machine is as a guest, wherever it runs: the same hardware, and how its disk is served. */
export function machineAsGuest(
  name: string,
  { nic, vcpus }: Pick<SourceFacts, 'nic' | 'vcpus'>,
  { accelerator, cpu }: Pick<ConversionTarget, 'accelerator' | 'cpu'>,
) {
  const mac = nic.mac.toLowerCase();
  return {
    ...({ name, machine: 'pc', cpu, accelerator, vcpus, mac, hugepages: false, pin: [] } as const),
    disk: { format: 'raw', cache: 'none', aio: 'threads', iothread: false, queues: 1 } as const,
  } satisfies Partial<Record<keyof GuestSpec, unknown>>;
}

/**
 * The bridge of a target, with the machine's own address.
 * @throws UserError if the target has none
 */
export function networkOnTarget(
  name: string,
  { address }: Pick<SourceFacts, 'address'>,
  { host }: Pick<ConversionTarget, 'host'>,
): GuestSpec['network'] {
  if (host.bridge !== undefined) return { kind: 'bridge', bridge: host.bridge, address };
  throw new UserError({
    where: host.name,
    message: `expected a bridge on the target, for the address of ${name}, got none`,
    remedy: 'Name it in the inventory (bridge: NAME).',
  });
}
