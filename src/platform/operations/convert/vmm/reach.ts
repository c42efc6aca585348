import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../../base/clock.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { Host } from '../../../remote/host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { firstGreeting } from './greeting.ts';

/** Seconds that a VMM gets to start, from when its machine gave way to it. */
const patience = 120;

/** Seconds between two tries to log in. */
const pause = 2;

/**
 * Logs in on a VMM, as soon as it answers: again where that fails, since one that has just started may be
 * too slow at first. Its shell must be closed at the end.
 * @throws Error that says why it does not answer
 */
export async function reachVmm(
  entry: HostEntry,
  clock: Clock,
  signal?: AbortSignal,
  seconds = patienceWith([entry], patience),
): Promise<Host> {
  const { name, address } = entry;
  const greeted = await firstGreeting({ address }, clock, seconds, signal);
  if (greeted === undefined) {
    throw new Error(`${name}: the VMM did not answer at ${address} within ${seconds} s`);
  }
  const deadline = clock.now() + seconds;
  for (;;) {
    try {
      return await connectHost(entry, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (clock.now() > deadline) throw error;
    }
    await sleep(pause * 1000, undefined, { signal });
  }
}
