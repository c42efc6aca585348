import { hypervisorNamed } from '../../src/platform/hypervisor/index.ts';
import {
  createGuest,
  type CreateBoundary,
  type CreateRequest,
} from '../../src/platform/operations/create.ts';
import type { Host } from '../../src/platform/remote/host.ts';

/**
 * Creates a guest until its hypervisor's monitor has answered, and ends it.
 * @returns seconds from the request
 */
export async function untilMonitor(
  host: Host,
  request: CreateRequest,
  signal: AbortSignal,
): Promise<number> {
  const stamps = new Map<CreateBoundary, number>();
  const enough = new AbortController();
  const creating = createGuest(
    { host, hypervisor: hypervisorNamed('qemu') },
    request,
    AbortSignal.any([signal, enough.signal]),
    (boundary) => {
      stamps.set(boundary, host.clock.now());
      if (boundary === 'monitor') enough.abort(new Error('the monitor has answered'));
    },
  );
  try {
    const { guest } = await creating;
    await guest.destroy();
  } catch (error) {
    signal.throwIfAborted();
    if (!enough.signal.aborted) throw error;
  }
  const [requested = NaN, monitor = NaN] = [stamps.get('requested'), stamps.get('monitor')];
  return monitor - requested;
}
