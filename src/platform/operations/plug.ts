import type { DiskSpec, Guest, GuestSpec } from '../hypervisor/hypervisor.ts';
import {
  diskNames,
  GuestRefused,
  type HotplugBackend,
  type MemoryDevice,
} from '../hypervisor/hotplug.ts';
import { fitClockOffset } from '../guest/service.ts';
import { lookForDevices, makeReadyForHotplug, type Wanted } from '../guest/devices.ts';

/** One change of what a running guest has. */
export type Change =
  | { device: 'vcpu'; vcpus: number }
  /** Bytes in all. */
  | { device: 'memory'; bytes: number; by: MemoryDevice }
  | { device: 'disk'; attach: Pick<DiskSpec, 'path' | 'format' | 'cache'> }
  | { device: 'disk'; detach: string }
  | { device: 'nic'; attach: { mac: string; network: GuestSpec['network'] } }
  | { device: 'nic'; detach: string };

/** Times in seconds on our clock. */
export interface Plugged {
  requested: number;
  /** When the hypervisor had done it; absent where it or the guest refused. */
  returned?: number;
  /** When the guest's kernel had it, by the guest's own clock; absent where it never did. */
  seen?: number;
  /** How far off `seen` may be: half a round trip, and how often the guest looked. */
  uncertainty: number;
  /** Why there was no change, in the guest's or the hypervisor's words. */
  refused?: string;
  /** Name of a disk that was attached, as the guest names it. */
  name?: string;
}

/** Of memory that was asked for, what makes it seen: the rest describes the memory itself. */
const enough = 0.95;
/** How often the guest looks, in seconds: `vg-guest await-devices`. */
const lookEvery = 0.002;

/**
 * Changes what a running guest has, and tells when the call returned and when the guest saw it. A
 * guest or hypervisor that refuses is a result.
 * @param timeout seconds that the guest gets to see it
 * @throws Error if the guest cannot be asked
 */
export async function plug(
  guest: Guest,
  change: Change,
  { timeout = 20, signal }: { timeout?: number; signal?: AbortSignal } = {},
): Promise<Plugged> {
  const { clock } = guest.host;
  const hotplug = hotplugOf(guest);
  const had = await makeReadyForHotplug(guest.control, signal);
  const before = await hotplug.devices(guest);
  const looking = await lookForDevices(guest.control, wantedBy(change, { guest, before, had }), {
    timeout,
    ...(signal && { signal }),
  });
  const offset = await fitClockOffset(guest.service.udp, clock);
  const uncertainty = offset.uncertainty + lookEvery;
  const requested = clock.now();
  try {
    const name = await carryOut(hotplug, guest, change);
    const returned = clock.now();
    const { seen, cpus, memory } = await looking.result();
    const named = { requested, returned, uncertainty, ...(name !== undefined && { name }) };
    if (seen !== undefined) return { ...named, seen: seen + offset.sinceBoot };
    const has = `the guest has ${cpus} CPUs and ${memory} bytes of memory`;
    return { ...named, refused: `not seen by the guest within ${timeout} s: ${has}` };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const { message } = error as Error;
    if (!(error instanceof GuestRefused)) {
      // Where the guest or its host is gone nobody has refused anything.
      if (!(await guest.running().catch(() => false))) throw error;
      return { requested, uncertainty, refused: `${guest.hypervisor.name}: ${message}` };
    }
    // It may have done its part.
    const { seen } = await looking.result();
    if (seen === undefined) return { requested, uncertainty, refused: message };
    const refused = `${message}; its kernel does without it, ${guest.hypervisor.name} still has it`;
    return { requested, uncertainty, refused, seen: seen + offset.sinceBoot };
  }
}

/** @throws Error if nothing of such a guest can be changed while it runs */
export function hotplugOf({ hypervisor }: Guest): HotplugBackend {
  if (hypervisor.hotplug) return hypervisor.hotplug;
  throw new Error(`${hypervisor.name} does not change what a running guest has`);
}

async function carryOut(
  hotplug: HotplugBackend,
  guest: Guest,
  change: Change,
): Promise<string | undefined> {
  switch (change.device) {
    case 'vcpu':
      await hotplug.setVcpus(guest, change.vcpus);
      return undefined;
    case 'memory':
      await hotplug.setMemory(guest, change.bytes, change.by);
      return undefined;
    case 'disk':
      if ('attach' in change) return hotplug.attachDisk(guest, change.attach);
      await hotplug.detachDisk(guest, change.detach);
      return undefined;
    case 'nic':
      if ('attach' in change) await hotplug.attachNic(guest, change.attach);
      else await hotplug.detachNic(guest, change.detach);
      return undefined;
  }
}

/** What the guest will have to see. */
function wantedBy(
  change: Change,
  facts: {
    guest: Guest;
    before: { memory: number; disks: readonly string[] };
    had: { memory: number };
  },
): Wanted {
  switch (change.device) {
    case 'vcpu':
      return { cpus: change.vcpus };
    case 'memory': {
      const difference = change.bytes - facts.before.memory;
      const bytes = facts.had.memory + enough * difference;
      return difference < 0 ? { mostMemory: bytes } : { leastMemory: bytes };
    }
    case 'disk':
      return 'attach' in change ? { disk: nextDisk(facts) } : { noDisk: change.detach };
    case 'nic':
      return 'attach' in change ? { nic: change.attach.mac } : { noNic: change.detach };
  }
}

/** The first name that is free, as Linux counts and `attachDisk` does. */
function nextDisk({ before, guest }: { before: { disks: readonly string[] }; guest: Guest }) {
  const prefix = guest.hypervisor.devices.disk.replace(/^\/dev\//, '').slice(0, -1);
  return diskNames(prefix).find((name) => !before.disks.includes(name)) ?? `${prefix}z`;
}
