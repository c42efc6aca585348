import type { Change } from '../wire/messages/kinds.ts';
import type { GuestRecord } from './state.ts';

/**
 * A guest that was given something.
 * @param name what a new disk is called
 */
export function grown(
  guest: GuestRecord,
  change: Change | undefined,
  name: string | undefined,
): GuestRecord {
  const amount = change?.amount ?? 1;
  if (change?.what === 'vcpus') return { ...guest, vcpus: guest.vcpus + amount };
  if (change?.what === 'memory') return { ...guest, memory: guest.memory + amount };
  if (change?.what !== 'disk') return guest;
  const plugged = { ...guest.plugged, ...(name !== undefined && { [name]: amount }) };
  return { ...guest, disk: guest.disk + amount, plugged };
}

/** A guest from which something was taken; its own disk is never. */
export function shrunk(guest: GuestRecord, change: Change | undefined): GuestRecord {
  const { what, amount = 1, device = '' } = change ?? {};
  if (what === 'vcpus') return { ...guest, vcpus: guest.vcpus - amount };
  if (what === 'memory') return { ...guest, memory: guest.memory - amount };
  if (what !== 'disk') return guest;
  const { [device]: bytes = 0, ...plugged } = guest.plugged ?? {};
  return { ...guest, disk: guest.disk - bytes, plugged };
}
