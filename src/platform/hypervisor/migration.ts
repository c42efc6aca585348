import type { Problem } from '../../base/errors.ts';
import type { Host } from '../remote/host.ts';
import type { AcceleratorName, Guest, GuestSpec } from './hypervisor.ts';

/** How a guest shall be moved, in no hypervisor's words. */
export interface MigrationMethod {
  /** `post-copy` begins as pre-copy and switches over `postCopyAfter` seconds later. */
  method: 'pre-copy' | 'post-copy';
  /** Seconds. */
  postCopyAfter: number;
  /** Whether the disk goes along: `shared`, both hosts see it; `mirror`, it is copied while the guest runs. */
  disk: 'shared' | 'mirror';
  /**
   * With `mirror`: a dirty bitmap of the guest's disk; the target has all that this has not marked. QEMU
   * itself knows it; others, and where it is not there, copy everything.
   */
  changesIn?: string;
  /** Parallel streams for memory; 0: one stream, the classic way. */
  multifd: number;
  /** Send what changed in a page instead of the page. */
  xbzrle: boolean;
  /** Slow a guest down that dirties memory faster than it can be sent. */
  autoConverge: boolean;
  /** Seconds that the switchover may take: the hypervisor waits until it expects no more. */
  downtimeLimit: number;
  /** Bytes a second at most; undefined: as fast as it goes. */
  bandwidth: number | undefined;
  /** How libvirt moves the stream; other hypervisors know only `direct`. */
  transport: 'direct' | 'p2p' | 'tunnelled';
  /** Seconds after which a migration that has not switched over is cancelled: not converged. */
  timeout: number;
}

/** What happened in a migration, in seconds on our clock. */
export interface MigrationEvent {
  at: number;
  event:
    | 'start'
    /** All of the disk is on the target, changes follow. */
    | 'mirror-ready'
    /** A pass over memory began; `round` counts from 1. */
    | 'round'
    /** A look at the counters: `transferred`, `remaining` (bytes), `dirtyRate` (bytes a second). */
    | 'progress'
    | 'post-copy'
    /** Xen: the toolstack of the target has answered that of the source. */
    | 'connected'
    /** Source stopped, by the hypervisor's stamp; on Xen the guest was asked to suspend itself. */
    | 'stop'
    /** Xen: the guest has suspended itself. */
    | 'suspended'
    /** Xen: the target has all of its memory and makes its devices. */
    | 'restored'
    /** Xen: a hotplug script of the target begins, for a disk or a network interface. */
    | 'hotplug-disk'
    | 'hotplug-nic'
    /** Xen: the target has everything. */
    | 'transferred'
    /** Xen: the target may start it, so the source may not go on any more. */
    | 'permitted'
    /** Target runs, by the hypervisor's stamp. */
    | 'resume'
    /** The hypervisor calls it done. */
    | 'completed'
    /** The guest answered on the target. */
    | 'answered';
  /** Numbers that belong to it, by name: bytes, bytes a second, counts. */
  figures?: Readonly<Record<string, number>>;
}

/** What the hypervisor itself says of a migration; seconds, bytes. Absent where it does not tell. */
export interface MigrationReport {
  totalTime?: number;
  downtime?: number;
  setupTime?: number;
  /** Post-copy only: how long its CPUs waited for pages. */
  postCopyBlockTime?: number;
  transferred?: number;
  rounds?: number;
  /** The tool's own answer, whole: kept as an artifact. */
  raw: unknown;
}

/** How the hypervisor's part of a migration ended. */
export type MigrationOutcome =
  /** `guest` runs on the target; the source is stopped and can never run again. */
  | { state: 'switched'; guest: Guest; report: MigrationReport }
  /** Cancelled at `timeout`; the source runs, the target is gone. */
  | { state: 'not-converged'; report: MigrationReport }
  /** It failed; who is left is found out by the caller. */
  | { state: 'failed'; reason: string; report?: MigrationReport };

/**
 * What must be done between the end of the source and the start of the target.
 * @param arriving the guest on the target: it has everything, and does not run
 */
export type Permit = (arriving: Guest) => Promise<void>;

/** A migration whose target waits. */
export interface PreparedMigration {
  /** Where the guest's service will be reached on the target; absent where it is not known yet. */
  readonly service?: Guest['service'];
  /**
   * Moves the guest. At no moment can source and target both run: the target is let go only when
   * the source cannot run again. Resolves within `timeout` and a bounded time for cancelling, also
   * when a host dies.
   * @param permit awaited when the source is stopped and the target has everything, disk too, before
   *   the target runs; where it rejects the target never does, and pre-copy goes on at the source.
   *   Only QEMU's own migration asks.
   */
  run(
    signal: AbortSignal,
    onEvent: (event: MigrationEvent) => void,
    permit?: Permit,
  ): Promise<MigrationOutcome>;
  /** Ends what waits on the target; the source is as before. Never rejects. */
  abandon(): Promise<void>;
}

/** What a hypervisor that can migrate does. */
export interface MigrationBackend {
  /**
   * Why guests that run by an accelerator cannot be moved from a host at all: known before anything is
   * made. Absent where that depends on nothing.
   */
  unsupported?(host: Host, accelerator: AcceleratorName): Promise<Problem[]>;
  /**
   * Starts what must wait on the target; leaves the guest untouched.
   * @param spec the guest as it shall be on the target: its directory exists there; with `disk:
   *   mirror` so does an empty disk of the same size and format
   * @throws UserError if this hypervisor cannot move a guest so; Error in the hypervisor's own words
   */
  prepare(
    guest: Guest,
    target: Host,
    spec: GuestSpec,
    method: MigrationMethod,
  ): Promise<PreparedMigration>;
}
