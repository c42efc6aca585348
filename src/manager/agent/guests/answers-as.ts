import { firstAnswer } from '../../../platform/guest/service.ts';
import type { Guest } from '../../../platform/hypervisor/hypervisor.ts';
import { ownClock } from '../../../platform/remote/this-machine.ts';
import { within } from '../../../platform/within.ts';

/** Seconds: an emulated guest on a busy machine may take many. */
const patience = 30;

/**
 * Resolves when the service of a guest that was moved answers here, and is the same boot.
 * @param instance of the boot; undefined: any
 * @throws Error if it does not answer in time
 */
export async function answersAs({ service }: Guest, instance: string | undefined): Promise<void> {
  const stop = new AbortController();
  const late = `it did not answer within ${patience} s`;
  try {
    const answer = firstAnswer(service.udp, ownClock, stop.signal, instance);
    answer.catch(() => undefined);
    await within(patience, late, answer);
  } finally {
    stop.abort(new Error(late));
  }
}
