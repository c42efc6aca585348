import { giveUpIdentity } from '../guest/identity.ts';
import type { Hypervisor } from '../hypervisor/hypervisor.ts';
import type { SavedState } from '../hypervisor/saved-state.ts';
import type { Host } from '../remote/host.ts';
import type { Image } from '../storage/provision.ts';
import { createGuest, type CreateRequest } from './create.ts';
import { statesOf } from './restore.ts';

/** What guests are restored from: a state, and the disk as it was at that moment. */
export interface RestorePoint {
  state: SavedState;
  disk: Image;
}

/**
 * Boots a guest on a disk of its own, saves its state, and ends it. The disk stays where the request
 * says and is never written again.
 * @throws Error that says what did not work; nothing of the guest runs then, its files are left
 */
export async function makeRestorePoint(
  { host, hypervisor }: { host: Host; hypervisor: Hypervisor },
  request: CreateRequest,
  statePath: string,
  signal: AbortSignal,
): Promise<RestorePoint> {
  const states = statesOf(hypervisor);
  const { guest } = await createGuest({ host, hypervisor }, request, signal);
  try {
    await giveUpIdentity(guest.offNetwork ?? guest.control, signal);
    const state = await states.save(guest, statePath, signal);
    await guest.destroy();
    const { path, format } = guest.spec.disk;
    await host.shell.run(['sync', path], { signal });
    return { state, disk: { path, format } };
  } catch (error) {
    await guest.destroy();
    throw error;
  }
}
