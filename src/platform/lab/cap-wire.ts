import { UserError } from '../../base/errors.ts';
import type { HostEntry } from '../remote/inventory/schema.ts';
import { localShell } from '../remote/local.ts';
import { machinesOf } from './machines-of.ts';

/**
 * Caps the wire of a machine of a lab in both directions.
 * @param bytesPerSecond undefined: as the lab was made
 * @throws UserError if it is no machine of a lab
 */
export async function capWireOf(
  { name, lab }: HostEntry,
  bytesPerSecond: number | undefined,
): Promise<void> {
  const record = lab && machinesOf(lab);
  if (record !== undefined) {
    const { capWire } = await import('./machines/network.ts');
    await capWire(localShell, record, name, bytesPerSecond);
  } else if (bytesPerSecond !== undefined) {
    throw new UserError({
      where: name,
      message: 'expected a machine of a lab, whose wire can be capped (level linkRate)',
      remedy: 'Leave linkRate out, or make a lab: virtgauge lab up --machines plain:1,kvm:1.',
    });
  }
}
