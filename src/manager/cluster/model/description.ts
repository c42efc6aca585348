import type { AcceleratorName } from '../../../platform/hypervisor/hypervisor.ts';
import type { Amounts, Resource } from './resources.ts';

/**
 * `up`: takes guests. `draining`: keeps its guests and takes no more. `suspect`: silent, its guests may
 * still run. `down`: fenced, nothing runs there.
 */
export type HostHealth = 'up' | 'draining' | 'suspect' | 'down';

export interface HostDescription {
  readonly name: string;
  readonly capacity: Amounts;
  /** What the host itself needs, of the capacity. Default: nothing. */
  readonly reserved?: Partial<Amounts>;
  /** Default: `up`. */
  readonly health?: HostHealth;
  /** Guests stay within the group of their host. Default: one group of all. */
  readonly group?: string;
  /** Names of the storages that it reaches. Default: none. */
  readonly storages?: readonly string[];
  /** Default: `kvm`. */
  readonly accelerators?: readonly AcceleratorName[];
  /** What runs guests there. Default: the same as on all others. */
  readonly hypervisor?: string;
  /** Names of the CPU models that it can show to guests. Default: none. */
  readonly cpuModels?: readonly string[];
  /** What one placement costs there, for example seconds to bring a template. Default: 0. */
  readonly transaction?: number;
}

/** Where a guest is: its host, and with N+1 or a mirrored disk the host that takes over. */
export interface PlaceDescription {
  readonly host: string;
  readonly backup?: string;
}

export interface GuestDescription {
  readonly name: string;
  /** What is set aside for it. */
  readonly demand: Amounts;
  /** What it uses now; may be above the demand. Default: the demand. */
  readonly load?: Partial<Amounts>;
  /** Absent: it does not run yet. */
  readonly place?: PlaceDescription;
  /** The disk is written on two hosts, as drbd does: the backup holds a copy. Default: no. */
  readonly mirrored?: boolean;
  /** No two guests that name one of these groups share a host. Default: none. */
  readonly antiAffinity?: readonly string[];
  /** Name of the guest on whose host it has to be. */
  readonly with?: string;
  /** Storages that its host has to reach. Default: none. */
  readonly storages?: readonly string[];
  /** Its host has to have it. Default: any will do. */
  readonly accelerator?: AcceleratorName;
  /** What has to run its host's guests. Default: any will do. */
  readonly hypervisor?: string;
  /** CPU model that its host has to be able to show. Default: any will do. */
  readonly cpuModel?: string;
  /** Who comes first when not all fit; the higher first. Default: 0. */
  readonly priority?: number;
}

/** Guests that do the same work for the same users. */
export interface ServiceDescription {
  readonly name: string;
  readonly guests: readonly string[];
  /** What its users ask for and what its guests can do together, in one unit. Default: 0. */
  readonly demand?: number;
  readonly capacity?: number;
}

export interface ClusterRules {
  /**
   * How many times its capacity may be promised on a host. Default 1 of each: nothing is
   * overcommitted unless asked.
   */
  readonly overcommit?: Partial<Amounts>;
  /**
   * Resources that are kept free on the backups, so that any one host may fail and all its guests
   * start on their backups. Every guest then needs a backup. Default: none, no N+1.
   */
  readonly nPlusOne?: readonly Resource[];
  /** Share of a host's disk that is left free, 0 to 1. Default: 0. */
  readonly freeDisk?: number;
}

/** A cluster in plain data: what files hold and tests write. */
export interface ClusterDescription {
  readonly hosts: readonly HostDescription[];
  readonly guests: readonly GuestDescription[];
  readonly services?: readonly ServiceDescription[];
  readonly rules?: ClusterRules;
}
