import type { AcceleratorName, Hypervisor } from '../../hypervisor/hypervisor.ts';
import type { Host } from '../../remote/host.ts';
import type { BootEntry } from './inspect/boot-entries.ts';

/**
 * A running machine that is to become a guest: reached over ssh as root. Its `entry` says how a later
 * process reaches it.
 */
export type ConversionSource = Host;

/** Where the machine is to run as a guest. */
export interface ConversionTarget {
  host: Host;
  hypervisor: Hypervisor;
  /** Folder of a storage there, for the disk: it exists, is ours, and stands in the ledger. */
  directory: string;
  /** What the guest is run by; at both ends where the method has a VM at both. */
  accelerator: AcceleratorName;
  /** CPU model of the guest; one that both ends have where the method has a VM at both. */
  cpu: string;
}

/** A whole disk of the source; sizes in bytes. */
export interface SourceDisk {
  /** `/dev/vda` */
  path: string;
  bytes: number;
}

/** The network interface that carries the machine's address. */
export interface SourceNic {
  /** As the source's kernel calls it: `eth0`. */
  name: string;
  /** What the machine is known by, which the guest takes over: `52:54:00:…`. */
  mac: string;
  /** That of the hardware, where another one was set, as a bond does. */
  permanentMac?: string;
  /** The machine has no other card: this one is found even where its address was set by the system. */
  alone?: boolean;
}

/**
 * What a machine lacks to run as a guest, and what does it no harm where it runs now: it is added
 * before the machine is copied (`fix-up/`).
 */
export interface Mends {
  /** Its initramfs gets the virtio drivers of its own kernel. */
  drivers: boolean;
  /** Names of its disks that are others in a guest, each with what is said instead. */
  names: Readonly<Record<string, string>>;
  /** LVM's list of disks, which knows them by their hardware, is set aside: it looks at all then. */
  lvmDevices: boolean;
  /** An interface called after its slot is tied to its hardware address. */
  nic?: { name: string; mac: string };
}

/** What a conversion has to know of its source; found by `inspect/`. */
export interface SourceFacts {
  /** The disk that it boots from comes first. */
  disks: readonly [SourceDisk, ...SourceDisk[]];
  nic: SourceNic;
  /** Its own address with the length of the prefix: `10.77.0.1/24`. */
  address: string;
  /** Of the default route; absent: it has none. */
  gateway?: string;
  /** Bytes. */
  memory: number;
  vcpus: number;
  /** The kernel that runs: release, and where its files are on the source. */
  kernel: {
    version: string;
    image: string;
    initramfs: string;
    /** Its command line, without what a boot loader adds (`BOOT_IMAGE=`). */
    commandLine: string;
  };
  /**
   * Modules that drive the disk and the network interface, by their names: `ahci`, `e1000e`,
   * `virtio_blk`. Those that these need need not be named; one that is built in is left out.
   */
  drivers: readonly string[];
  firmware: 'bios' | 'uefi';
  /** UEFI: what starts it from its disk. */
  bootEntries?: readonly BootEntry[];
  /** Path of GRUB's configuration on the source; absent: another boot loader. */
  grubConfig?: string;
  /** Whether the kernel takes only signed images for kexec. */
  lockdown: boolean;
  /** Absent: nothing has to be mended. */
  mends?: Mends;
}

/** How a conversion is made; one folder or file a method. */
export type ConversionMethod = 'offline' | 'warm' | 'native-switch' | 'warm-switch';

/**
 * Boundaries of a conversion as they are passed; each method passes some of them, in this order.
 * The outage itself is measured from outside.
 */
export type ConversionBoundary =
  | 'requested'
  /** What a guest needs and the machine lacked has been added to it. */
  | 'fixed-up'
  /** All that can be brought to the source and the target while the service runs is there. */
  | 'staged'
  /** A pass of copying the running machine's disk ended. */
  | 'pass'
  /** The service is told to stop: its outage begins. */
  | 'cut-over'
  /** No program of the machine runs any more but those that cut over. */
  | 'stopped'
  /** Its file systems are synced and read-only. */
  | 'synced'
  /** Its kernel gives way to the VMM image. */
  | 'kexec'
  /** The machine's own system answers again, as a guest on its own hardware. */
  | 'guest-answered'
  /** The VMM answers to ssh. */
  | 'vmm-answered'
  /** All of the disk has been copied, by a machine that is out of service. */
  | 'copied'
  /** All of the disk is on the target, changes follow. */
  | 'mirror-ready'
  /** The guest's CPUs were stopped at the source, by the hypervisor's own stamp. */
  | 'guest-stopped'
  /** A power-on of the source does not start its system any more. */
  | 'tombstone'
  /** The guest was started on the target, or its CPUs were let go there. */
  | 'target-running'
  /** The machine's system answers from the target. */
  | 'target-answered'
  /** The source is proven not to run it: only the target can, whether or not it answers yet. */
  | 'committed';

/** What happened in a conversion, in seconds on our clock. */
export interface ConversionEvent {
  at: number;
  event: ConversionBoundary | 'progress';
  /** Numbers that belong to it, by name: bytes, counts. */
  figures?: Readonly<Record<string, number>>;
}

export type OnConversionEvent = (event: ConversionEvent) => void;

/** Who may run the machine's system. */
export type ConversionSurvivor =
  /** Its own hardware, as before. */
  | 'source'
  /** A VM on its own hardware: a power cycle starts the source as before. */
  | 'source-guest'
  | 'target'
  /** It cannot be found out who runs, or nobody may until the operator decides. */
  | 'undecided';

/** How a conversion ended. */
export type ConversionResult =
  | { state: 'completed'; survivor: 'target' }
  | { state: 'failed'; reason: string; survivor: ConversionSurvivor };
