import type { GuestControl } from '../guest/control/control.ts';
import type { Console } from '../guest/console.ts';
import type { Host } from '../remote/host.ts';
import type { Shell } from '../remote/shell.ts';
import type { MigrationBackend } from './migration.ts';
import type { HotplugBackend } from './hotplug.ts';
import type { StateBackend } from './saved-state.ts';

/** What runs a guest's instructions: KVM or TCG under QEMU, or one of Xen's ways. */
export type AcceleratorName = 'kvm' | 'tcg' | 'xen-pv' | 'xen-pvh' | 'xen-hvm';

/** A disk of a guest; sizes in bytes. */
export interface DiskSpec {
  /** Path on the host. */
  path: string;
  format: 'raw' | 'qcow2';
  cache: 'none' | 'writeback' | 'writethrough' | 'directsync' | 'unsafe';
  aio: 'threads' | 'native' | 'io_uring';
  iothread: boolean;
  queues: number;
}

/** What a guest shall be, in no hypervisor's words. */
export interface GuestSpec {
  name: string;
  /** Program of QEMU, by name or path on its host; absent: Debian's name for it. Only of `qemu`. */
  emulator?: string;
  machine: 'pc' | 'q35';
  cpu: string;
  accelerator: AcceleratorName;
  vcpus: number;
  /** Bytes. */
  memory: number;
  hugepages: boolean;
  /** What hotplug may raise them to; absent: no more than it starts with. */
  maximum?: { vcpus: number; memory: number };
  /** Host CPUs for the vCPUs, in turn; empty: not pinned. */
  pin: readonly number[];
  disk: DiskSpec;
  /** More disks of its own, in the order in which it names them, behind `disk`. Only of `qemu`. */
  moreDisks?: readonly DiskSpec[];
  /** Disks that are only read: the seed of a cloud image. */
  seed?: string;
  /**
   * A kernel given from outside; absent: the disk boots itself. Each hypervisor adds to the command
   * line what is its own: the console, how the guest agent is reached (`vg.agent=PORT:TOKEN`); not
   * where it is `complete`, as that of a machine which became a guest.
   */
  kernel?: { image: string; initramfs: string; commandLine: string; complete?: true };
  /**
   * UEFI (OVMF) instead of a BIOS: its code, which is only read, and its variables, which are the
   * guest's own. Only of `qemu`.
   */
  firmware?: { code: string; variables: string };
  /**
   * `address` is the guest's own, such as `10.77.0.64/24`; without one a guest on a bridge is reached
   * by its link-local IPv6 address.
   */
  network: { kind: 'user' } | { kind: 'bridge'; bridge: string; address?: string };
  /** `52:54:00:…` */
  mac: string;
  /** For sockets, on the host; it exists and is the caller's to remove. */
  directory: string;
  /** File of the controller for all that the console says. */
  consoleLog: string;
  /** Carried by every process of the guest, so that the ledger finds it. */
  environment: Readonly<Record<string, string>>;
  /** A user's own libvirt domain XML for the machine; only libvirt can take it. */
  domainXml?: string;
  /**
   * Only on Xen: directory with hotplug scripts `block` and `vif-bridge`, the same on every host on
   * which it may run; absent: the host's own scripts. See `installHotplugScripts`.
   */
  hotplugScripts?: string;
}

/** Where a port of the guest is reached from the controller. */
export interface ServiceAddress {
  host: string;
  port: number;
}

/** The CPUs of a guest stopped or went on, by the hypervisor's own stamp in seconds on our clock. */
export interface RunChange {
  state: 'running' | 'stopped';
  at: number;
}

/** A guest that has a monitor. */
export interface Guest {
  readonly spec: GuestSpec;
  /** Where it runs. */
  readonly host: Host;
  readonly hypervisor: Hypervisor;
  /** Of the hypervisor's process, on the host; absent where a guest is no process. */
  readonly pid?: number;
  readonly console: Console;
  readonly control: GuestControl;
  /**
   * Runs programs in a guest that is off the network; absent where `control` needs no network. What
   * a program prints comes as `stdout`, also of its errors.
   */
  readonly offNetwork?: Pick<GuestControl, 'ready' | 'run'>;
  /** Where the guest's service is reached. */
  readonly service: { udp: ServiceAddress; http: ServiceAddress };
  /**
   * Settles when it is gone, or its host out of reach; the text says why, in the hypervisor's own
   * words. Never rejects.
   */
  readonly gone: Promise<string>;
  /**
   * Stamps that the hypervisor itself made, in seconds on our clock: `running` (the CPUs were let
   * go) and `console` (the guest wrote its first byte). Absent until it happened, or where the
   * hypervisor does not tell.
   */
  readonly stamps: { running?: number; console?: number };
  /** What went wrong under the guest, in words: `a write on its disk failed: …`. */
  readonly faults: readonly string[];
  /** Calls `listener` for every stop and start of the CPUs from now on; the result stops that. */
  onRunChange(listener: (change: RunChange) => void): () => void;
  /** Lets the CPUs go. */
  resume(): Promise<void>;
  /** Holds the CPUs. */
  pause(): Promise<void>;
  /** Whether the CPUs run, as the hypervisor says now; false where it is gone. */
  running(): Promise<boolean>;
  /** Ends it at once, without asking the guest; resolves when it is gone. */
  destroy(): Promise<void>;
  /**
   * Whether anything of it is left on its host that may run, by a look at the host itself.
   * @throws Error if that cannot be found out
   */
  exists(): Promise<boolean>;
  /** Name of its interface on its host's bridge; undefined where it has none there. */
  hostInterface(): Promise<string | undefined>;
}

/** What a hypervisor's guests have in place of hardware. */
export interface GuestDevices {
  /** Its own disk, as the guest names it: `/dev/vda`. */
  readonly disk: string;
  /** How requests reach the disk, for people: `virtio-blk, QEMU`. */
  readonly diskPath: string;
  /** How packets reach the network. */
  readonly networkPath: string;
}

/** One backend that runs guests. */
export interface Hypervisor {
  readonly name: string;
  readonly devices: GuestDevices;
  /** Program → version, as the tools on the host print it. */
  versions(shell: Shell): Promise<Record<string, string>>;
  /**
   * Starts a guest with its CPUs held; resolves when the monitor has answered.
   * @throws Error with the hypervisor's own words if it does not start
   */
  launch(host: Host, spec: GuestSpec): Promise<Guest>;
  /** Absent where guests cannot be migrated. */
  readonly migration?: MigrationBackend;
  /** Absent where a guest cannot be restored, several times, from a saved state. */
  readonly states?: StateBackend;
  /**
   * Leaves the files of a guest's disks as they are from now on; the result undoes that, while the guest
   * runs. Absent where that cannot be done.
   * @param overlays for each disk in their order, a file that is not there yet
   */
  freeze?(guest: Guest, overlays: readonly string[]): Promise<() => Promise<void>>;
  /** Absent where a running guest's devices cannot be changed. */
  readonly hotplug?: HotplugBackend;
}
