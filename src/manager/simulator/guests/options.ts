import type { Random } from '../../../base/stats/random.ts';
import type { HeartbeatRules } from '../../cluster/failover/index.ts';
import type { Amounts, ClusterRules, HostDescription } from '../../cluster/model/index.ts';
import type { PlacementPolicy } from '../../cluster/placement/index.ts';
import type { Incident } from '../faults.ts';
import type { Workload } from '../workload/workload.ts';
import type { Rebalance } from './rebalance.ts';

/** Guests that come, change their load, are moved, lost and started again, and go. */
export interface GuestsSimulation {
  readonly hosts: readonly HostDescription[];
  readonly rules: ClusterRules;
  /** How many guests want to run at any time. */
  readonly guests: number;
  /** Kinds of guests; one is drawn for each that comes. */
  readonly shapes: readonly GuestShape[];
  /** So many guests in a row do the same work and never share a host; 1: none. */
  readonly replicas: number;
  /** Mean seconds that a guest stays; infinite: to the end. Another comes for it. */
  readonly lifetime: number;
  readonly placement: PlacementPolicy;
  readonly rebalance: Rebalance;
  /** Seconds from one look at the cluster to the next: rebalancing, guests that wait for room. */
  readonly check: number;
  /** Of CPU, as a multiple of the guest's own. */
  readonly workload: Workload;
  readonly incidents: readonly Incident[];
  readonly times: GuestTimes;
  /** A host whose CPU is used beyond this share is overloaded. */
  readonly threshold: number;
  /** Virtual seconds. */
  readonly duration: number;
  /** Points of the history. */
  readonly points: number;
  /** Of the world: the same whatever is decided. */
  readonly random: Random;
  /** For policies that draw. */
  readonly draws: Random;
}

export interface GuestShape {
  readonly demand: Amounts;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  readonly priority: number;
}

/** In seconds, from measured figures. */
export interface GuestTimes {
  /** From the request to the first answer. */
  readonly create: number;
  /** A migration takes `setup` and its memory at `rate` bytes a second. */
  readonly migrate: { readonly setup: number; readonly rate: number };
  /** A lost guest, from the order to its first answer. */
  readonly restart: number;
  /** Guests that a host starts at once; further ones wait. */
  readonly startsAtOnce: number;
  readonly heartbeats: HeartbeatRules;
  /** From the order to fence a host to the proof. */
  readonly fence: number;
}

/** What became of it. */
export interface GuestsOutcome {
  readonly events: number;
  readonly decisions: number;
  /** Share of the CPU asked for by guests that have a place which was not served: overload, outages. */
  readonly unmet: number;
  /** Share of the hosts' time over the threshold. */
  readonly overloaded: number;
  /** Standard deviation of the hosts' CPU use, as a share of capacity, mean over time. */
  readonly imbalance: number;
  /** Mean number of hosts that run guests. */
  readonly used: number;
  /** Share of the guests that came and found no place. */
  readonly refused: number;
  readonly moves: number;
  /** Guests that were lost with their hosts, how many run again, and mean seconds without an answer. */
  readonly lost: number;
  readonly restarted: number;
  readonly outage: number | undefined;
  readonly history: readonly GuestsMoment[];
}

export interface GuestsMoment {
  readonly time: number;
  /** CPU that is used, as a share of that of all hosts that run. */
  readonly load: number;
  /** Hosts over the threshold. */
  readonly overloaded: number;
  /** Hosts that run guests. */
  readonly used: number;
  /** CPU asked for and not served, in cores. */
  readonly unmet: number;
  /** Guests that are lost and do not run again. */
  readonly down: number;
  /** Until then. */
  readonly moves: number;
}
