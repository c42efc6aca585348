import {
  nowhere,
  width,
  type Cluster,
  type GuestIndex,
  type HostIndex,
  type Place,
} from '../model/index.ts';
import { apart, backs, hostMismatch, mayBack, shortage } from './fits.ts';
import type { PlacementPolicy } from './policy.ts';
import { shapeOf, type Shape } from './shape.ts';

/** Hosts that a decision leaves out besides those that cannot take the guest. */
export interface Narrowing {
  /** Only hosts for which it says true are asked, as host and as backup. */
  readonly allowed?: (host: HostIndex) => boolean;
  /** It has to run on this host: only the backup is open. */
  readonly on?: HostIndex;
}

/** A question to the cluster: where could these guests, placed as one, go? None of them has a place. */
export class Candidates {
  readonly shape: Shape;
  readonly groups: readonly number[];
  private readonly cluster: Cluster;
  private readonly allowed: (host: HostIndex) => boolean;
  /** Where it has to be: with another guest (nowhere: that has no place), or where it was told. */
  readonly leader: Place | undefined;

  constructor(cluster: Cluster, guests: readonly GuestIndex[], { allowed, on }: Narrowing = {}) {
    this.cluster = cluster;
    this.shape = shapeOf(cluster, guests);
    this.groups = guests.flatMap((guest) => cluster.guests.groups[guest] ?? []);
    this.allowed = allowed ?? (() => true);
    this.leader =
      leaderOf(cluster, guests) ?? (on === undefined ? undefined : { host: on, backup: nowhere });
  }

  /** What a host costs by a policy; Infinity if it has no room or is of the wrong kind. */
  hostKey(policy: PlacementPolicy & { by: 'cost' }, host: HostIndex): number {
    const { cluster, shape } = this;
    if (hostMismatch(cluster, shape, host) !== undefined) return Infinity;
    return shortage(cluster, shape, host) < 0 ? policy.cost(cluster, host, shape) : Infinity;
  }

  /** Backups with most room that is not kept come first; Infinity if it can back no host. */
  backupKey(host: HostIndex): number {
    const { cluster, shape } = this;
    if (!mayBack(cluster, shape, host)) return Infinity;
    let least = Infinity;
    for (const at of cluster.reserves.counted) {
      const limit = cluster.limit[host * width + at] ?? 0;
      if (limit <= 0) continue;
      const kept = cluster.reserves.kept[host * width + at] ?? 0;
      least = Math.min(least, (cluster.free(host, at) - kept) / limit);
    }
    // Without N+1 the mirrored disk decides.
    return least < Infinity ? -least : -cluster.free(host, 2);
  }

  /** Whether a host with room may take it, as far as other guests go. */
  accepts(host: HostIndex): boolean {
    if (this.leader !== undefined && this.leader.host !== host) return false;
    const told = this.leader !== undefined;
    return (told || this.allowed(host)) && apart(this.cluster, this.groups, host);
  }

  /** Whether a host with room may be its backup when it runs on `host`. */
  acceptsBackup(host: HostIndex, backup: HostIndex): boolean {
    // Where one goes when a host fails, the other has to go too.
    const led = this.leader?.backup ?? nowhere;
    if (led !== nowhere && led !== backup) return false;
    return this.allowed(backup) && backs(this.cluster, this.shape, this.groups, { host, backup });
  }

  placeAt(host: HostIndex, backup: HostIndex = nowhere): Place {
    return { host, backup };
  }
}

function leaderOf(cluster: Cluster, guests: readonly GuestIndex[]): Place | undefined {
  for (const guest of guests) {
    const name = cluster.guests.describe(guest).with;
    if (name === undefined) continue;
    const leader = cluster.guests.find(name);
    // Placed together with it: wherever they go, they are together.
    if (leader !== undefined && guests.includes(leader)) continue;
    const place = leader === undefined ? undefined : cluster.placeOf(leader);
    return place ?? { host: nowhere, backup: nowhere };
  }
  return undefined;
}
