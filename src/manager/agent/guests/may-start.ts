import type { Hypervisor } from '../../../platform/hypervisor/hypervisor.ts';
import type { Ground } from './ground.ts';

/** A hypervisor that starts nothing while this host is cut off from its master. */
export function whileConnected(backend: Hypervisor, ground: Ground): Hypervisor {
  return {
    ...backend,
    async launch(host, spec) {
      ground.expectMayStart();
      const guest = await backend.launch(host, spec);
      try {
        // Its CPUs are held yet, and making it may have taken long.
        ground.expectMayStart();
        return guest;
      } catch (error) {
        await guest.destroy();
        throw error;
      }
    },
  };
}
