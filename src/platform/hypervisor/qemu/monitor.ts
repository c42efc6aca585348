import type { Guest } from '../hypervisor.ts';
import type { Qmp } from './qmp.ts';

const monitors = new WeakMap<Guest, Qmp>();

export function keepMonitor(guest: Guest, qmp: Qmp): void {
  monitors.set(guest, qmp);
}

/**
 * The monitor of a guest of this hypervisor, which nobody else needs to know of.
 * @throws Error if another hypervisor runs it
 */
export function monitorOf(guest: Guest): Qmp {
  const qmp = monitors.get(guest);
  if (qmp === undefined) throw new Error(`${guest.spec.name} is no guest of QEMU`);
  return qmp;
}
