import type { GuestShape } from './kinds.ts';

/** What a guest shall be, of a record or of options that say more. */
export function guestShapeOf(guest: GuestShape): GuestShape {
  const { vcpus, memory, disk, image, storage, address, maxVcpus, maxMemory } = guest;
  return {
    ...{ vcpus, memory, disk, image },
    ...(storage !== undefined && { storage }),
    ...(address !== undefined && { address }),
    ...(maxVcpus !== undefined && { maxVcpus }),
    ...(maxMemory !== undefined && { maxMemory }),
  };
}
