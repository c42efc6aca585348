import type { DiskSpec, Guest, GuestSpec } from './hypervisor.ts';

/** What a guest has of a thing now, as its hypervisor says. */
export interface GuestDevices {
  vcpus: number;
  /** Bytes. */
  memory: number;
  /** As the guest names them: `xvdb`, `vdb`. */
  disks: readonly string[];
  /** MAC addresses. */
  nics: readonly string[];
}

/**
 * Changes what a running guest has. Each call resolves when the hypervisor has answered; whether the
 * guest has seen it is for the caller to find out, in the guest.
 * @throws Error with the hypervisor's own words: above the maximum, device in use
 */
export interface HotplugBackend {
  devices(guest: Guest): Promise<GuestDevices>;
  /** Between 1 and the maximum that the guest was started with. */
  setVcpus(guest: Guest, vcpus: number): Promise<void>;
  /** Bytes; up to the maximum that the guest was started with. */
  setMemory(guest: Guest, bytes: number): Promise<void>;
  /** Resolves with the name that the guest will see. */
  attachDisk(guest: Guest, disk: Pick<DiskSpec, 'path' | 'format' | 'cache'>): Promise<string>;
  /** @param device as `attachDisk` named it */
  detachDisk(guest: Guest, device: string): Promise<void>;
  attachNic(
    guest: Guest,
    nic: { mac: string; network: Extract<GuestSpec['network'], { kind: 'bridge' }> },
  ): Promise<void>;
  detachNic(guest: Guest, mac: string): Promise<void>;
}
