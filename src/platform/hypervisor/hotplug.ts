import type { DiskSpec, Guest, GuestSpec } from './hypervisor.ts';

/** What a guest has of a thing now, as its hypervisor says. */
export interface GuestDevices {
  vcpus: number;
  /** Bytes. Of memory that the guest takes or gives in its own time, what it has taken so far. */
  memory: number;
  /** As the guest names them: `xvdb`, `vdb`. */
  disks: readonly string[];
  /** MAC addresses. */
  nics: readonly string[];
}

/**
 * By what memory comes and goes. `virtio-mem`: a device whose size is asked for, the guest takes and
 * gives blocks in its own time. `dimm`: modules that come and go as a whole. `balloon`: the guest
 * gives pages back of what it was started with.
 */
export type MemoryDevice = 'virtio-mem' | 'dimm' | 'balloon';

/** A guest did not give what was to be taken from it. */
export class GuestRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GuestRefused';
  }
}

/** The names that Linux gives to disks, in their order: `vda`, `vdb`, … */
export function diskNames(prefix: string): string[] {
  return Array.from({ length: 26 }, (_, index) => prefix + String.fromCharCode(97 + index));
}

/**
 * Changes what a running guest has. What is added is there when the hypervisor has answered, and what
 * is taken away when the guest has let it go; memory by `virtio-mem` or `balloon` is only asked for.
 * Whether the guest has seen it is for the caller to find out, in the guest.
 * @throws GuestRefused if the guest does not give back what it has
 * @throws Error with the hypervisor's own words: above the maximum, device in use
 */
export interface HotplugBackend {
  /** By what memory can come and go; the first where nothing is said. */
  readonly memoryDevices: readonly [MemoryDevice, ...MemoryDevice[]];
  devices(guest: Guest): Promise<GuestDevices>;
  /** Between 1 and the maximum that the guest was started with. */
  setVcpus(guest: Guest, vcpus: number): Promise<void>;
  /** Bytes; up to the maximum that the guest was started with. */
  setMemory(guest: Guest, bytes: number, by?: MemoryDevice): Promise<void>;
  /** Resolves with the name that the guest will see. */
  attachDisk(guest: Guest, disk: Pick<DiskSpec, 'path' | 'format' | 'cache'>): Promise<string>;
  /** @param device as `attachDisk` named it */
  detachDisk(guest: Guest, device: string): Promise<void>;
  attachNic(guest: Guest, nic: { mac: string; network: GuestSpec['network'] }): Promise<void>;
  detachNic(guest: Guest, mac: string): Promise<void>;
}
