import type { Random } from '../../../base/stats/random.ts';

/** A service as its agents report it. Loads and capacities are in one unit, such as requests a second. */
export interface SharingService {
  readonly id: string;
  /** What its own servers can do now, 0 or more. */
  readonly capacity: number;
  /** What its own users ask for, 0 or more. */
  readonly demand: number;
  /** A service that is down has no capacity of its own and lends none. */
  readonly up: boolean;
}

/** Capacity that one service lends to another, from the moment of the decision on: reserved, then used. */
export interface Grant {
  readonly from: string;
  readonly to: string;
  /** Above 0. */
  readonly amount: number;
}

export interface SharingState {
  readonly services: readonly SharingService[];
  /** The oldest first. */
  readonly grants: readonly Grant[];
}

export interface SharingRules {
  /** θ: a service that is asked for more than this share of its capacity is overloaded. 0 to 1. */
  readonly threshold: number;
  /** How far below θ demand has to fall before capacity is given back, as a share of capacity. */
  readonly hysteresis: number;
}

/** θ and the hysteresis where nothing else is said. */
export const usualRules: SharingRules = { threshold: 0.8, hysteresis: 0.1 };

/** Why capacity goes back to its donor. */
export type ReleaseReason = 'donor-down' | 'donor-needs-it' | 'relieved' | 'unknown-service';

export interface Release extends Grant {
  readonly why: ReleaseReason;
}

/** A service that may lend. */
export interface Donor {
  readonly id: string;
  readonly capacity: number;
  /** What its own users ask for, and what it has lent. */
  readonly load: number;
  /** max(0, θ·capacity − load), above 0 here. */
  readonly spare: number;
}

/**
 * A way to choose who lends: the donors in the order in which they are asked, each for all that is
 * still needed or all that it can spare. Whoever is left out is not asked.
 */
export type SharingPolicy = (
  deficit: number,
  donors: readonly Donor[],
  random: Random,
) => readonly Donor[];

/** What one service lacks. */
export interface Lack {
  readonly service: string;
  readonly amount: number;
}

/** What is to be done; the grants come after the releases. */
export interface SharingPlan {
  readonly releases: readonly Release[];
  readonly grants: readonly Grant[];
  /** What services lacked once the releases were done, the largest first. */
  readonly deficits: readonly Lack[];
  /** What is left of it: deficit = grants + unmet, service by service. */
  readonly unmet: readonly Lack[];
  /** All grants as they are then: the state for the next decision. */
  readonly after: readonly Grant[];
}
