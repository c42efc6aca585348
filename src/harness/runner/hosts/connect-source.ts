import { firstGreeting } from '../../../platform/operations/convert/vmm/greeting.ts';
import { resetOf } from '../../../platform/power/reset.ts';
import { connectHost } from '../../../platform/remote/connect-host.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { HostEntry } from '../../../platform/remote/inventory/schema.ts';
import { patienceWith } from '../../../platform/remote/patience.ts';
import { ownClock } from '../../../platform/remote/this-machine.ts';

/** Seconds for a machine that was put back to listen. */
const patience = 60;

/**
 * Connects to a machine that is to be converted. One that an earlier run has converted does not answer:
 * it is put back first.
 * @param cache of this machine
 * @throws UserError if it cannot be reached, and nothing can put it back
 */
export async function connectSource(
  entry: HostEntry,
  cache: string,
  signal: AbortSignal,
): Promise<Host> {
  try {
    return await connectHost(entry, signal);
  } catch (error) {
    const reset = resetOf(entry, cache);
    if (reset === undefined || entry.ssh === undefined) throw error;
    await reset(signal);
    const { address, port } = entry.ssh;
    await firstGreeting({ address, port }, ownClock, patienceWith([entry], patience), signal);
    return connectHost(entry, signal);
  }
}
