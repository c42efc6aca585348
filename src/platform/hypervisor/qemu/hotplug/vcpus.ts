import type { Guest } from '../../hypervisor.ts';
import { monitorOf } from '../monitor.ts';
import { unplug } from './unplug.ts';

/**
 * Adds or takes vCPUs, one after the other.
 * @throws Error if it is more than the guest was started for; GuestRefused if it keeps one
 */
export async function setVcpus(guest: Guest, vcpus: number): Promise<void> {
  const qmp = monitorOf(guest);
  const places = await qmp.execute('query-hotpluggable-cpus', {});
  const most = places.length;
  if (!Number.isInteger(vcpus) || vcpus < 1 || vcpus > most) {
    throw new Error(`expected 1 to ${most} vCPUs for ${guest.spec.name}, got ${vcpus}`);
  }
  // QEMU lists the last place first.
  const inOrder = places.toReversed();
  const taken = inOrder.filter((place) => place['qom-path'] !== undefined);
  const free = inOrder.filter((place) => place['qom-path'] === undefined);
  for (const { type, props } of free.slice(0, Math.max(0, vcpus - taken.length))) {
    await qmp.execute('device_add', { driver: type, id: cpuId(props), ...props });
  }
  for (const place of taken.slice(vcpus).reverse()) {
    const id = place['qom-path']?.split('/').at(-1) ?? '';
    if (id !== cpuId(place.props)) {
      throw new Error(`${guest.spec.name} was started with ${vcpus + 1} vCPUs: those stay`);
    }
    await unplug(qmp, id);
  }
}

function cpuId(props: Readonly<Record<string, number>>): string {
  const places = Object.entries(props).sort(([a], [b]) => (a < b ? -1 : 1));
  return ['cpu', ...places.map(([, value]) => value)].join('-');
}
