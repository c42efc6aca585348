import type { Change } from '../wire/messages/kinds.ts';
import { own, without } from './records.ts';
import type { GuestRecord, MasterState, OperationRecord } from './state.ts';

/** All guests when an operation is done. */
export function guestsAfter(
  { guests }: Pick<MasterState, 'guests'>,
  { action, guest, host, target, spec, change, result }: OperationRecord,
): MasterState['guests'] {
  const record = own(guests, guest);
  if (action === 'convert') {
    const here = { name: guest, host, state: 'running', unmanaged: true } as const;
    return spec ? { ...guests, [guest]: { ...spec, ...here } } : guests;
  }
  if (action === 'create') {
    return spec ? { ...guests, [guest]: { name: guest, ...spec, host, state: 'running' } } : guests;
  }
  if (record === undefined) return guests;
  switch (action) {
    case 'start':
      return { ...guests, [guest]: { ...record, state: 'running', waiting: undefined } };
    case 'stop':
      return { ...guests, [guest]: { ...record, state: 'stopped', waiting: undefined } };
    case 'migrate':
    case 'restart': {
      const here: GuestRecord = { ...record, host: target ?? host, state: 'running' };
      return { ...guests, [guest]: { ...here, waiting: undefined } };
    }
    case 'plug':
      return { ...guests, [guest]: grown(record, change, result) };
    case 'unplug':
      return { ...guests, [guest]: shrunk(record, change) };
    case 'remove':
      return without(guests, [guest]);
  }
}

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
