import type { Clock } from '../../base/clock.ts';
import { fixIdentity, newInstance } from '../guest/identity.ts';
import { firstAnswer, type ServiceAnswer } from '../guest/service.ts';
import { guestAddress } from '../hypervisor/guest-address.ts';
import type { Guest, Hypervisor } from '../hypervisor/hypervisor.ts';
import type { SavedState, StateBackend } from '../hypervisor/saved-state.ts';
import { orFailed } from './or-failed.ts';

export interface Restoring {
  clock: Clock;
  state: SavedState;
  /** Seconds until a guest that has not answered has failed. */
  timeout: number;
  signal: AbortSignal;
  pass: (boundary: 'restored' | 'agent' | 'identity' | 'service') => void;
}

/**
 * Loads the state of a guest that was launched for it, lets it go, gives it its identity, and waits
 * for the answer of its service under that.
 * @returns the answer, and when the identity was fixed by the guest's own clock
 */
export async function restoreGuest(
  guest: Guest,
  { clock, state, timeout, signal, pass }: Restoring,
): Promise<{ answer: ServiceAnswer; identityTime: number }> {
  await loadInTime(guest, { state, timeout, signal });
  pass('restored');
  await guest.resume();
  const { spec, service } = guest;
  const control = guest.offNetwork ?? guest.control;
  const address = guestAddress(spec.network);
  const instance = newInstance();
  let lacking = 'did not answer through its guest agent';
  return await orFailed(
    guest,
    { timeout, signal },
    () => lacking,
    async (stop) => {
      await control.ready();
      pass('agent');
      lacking = 'did not answer under its new identity';
      const { name: hostname, mac } = spec;
      const identity = { hostname, mac, instance, ...(address !== undefined && { address }) };
      // The agent tells that a program has ended only when it is asked, the console at once.
      void guest.console.marked('identity').then(() => pass('identity'));
      const fixed = fixIdentity(control, identity, stop);
      const answered = firstAnswer(service.udp, clock, stop, instance).then((first) => {
        pass('service');
        return first;
      });
      const [identityTime, answer] = await Promise.all([fixed, answered]);
      return { answer, identityTime };
    },
  );
}

async function loadInTime(
  guest: Guest,
  { state, timeout, signal }: Pick<Restoring, 'state' | 'timeout' | 'signal'>,
): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`did not load its saved state ${state.path} within ${timeout} s`));
  }, timeout * 1000);
  try {
    const either = AbortSignal.any([signal, late.signal]);
    await statesOf(guest.hypervisor).load(guest, state, either);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws Error if the hypervisor cannot restore guests */
export function statesOf({ name, states }: Hypervisor): StateBackend {
  if (states === undefined) throw new Error(`${name} cannot restore guests from a saved state`);
  return states;
}
