import type { Clock } from '../../../../base/clock.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { Host } from '../../../remote/host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { firstGreeting } from './greeting.ts';

/** Seconds that a VMM gets to start, from when its machine gave way to it. */
const patience = 60;

/**
 * Logs in on a VMM, as soon as it answers. Its shell must be closed at the end.
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
  return connectHost(entry, signal);
}
