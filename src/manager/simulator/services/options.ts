import type { SharingPolicyName, SharingRules } from '../../cluster/sharing/index.ts';
import type { Random } from '../../../base/stats/random.ts';
import type { Incident } from '../faults.ts';
import type { Workload } from '../workload/workload.ts';

/** Services that lend capacity to each other, for so long. */
export interface ServicesSimulation {
  /** How many hosts each service has of its own. A host can do 1 of what services are asked for. */
  readonly sizes: readonly number[];
  readonly policy: SharingPolicyName;
  readonly rules: SharingRules;
  /** Of each service, as a multiple of its hosts. */
  readonly workload: Workload;
  readonly incidents: readonly Incident[];
  readonly times: SharingTimes;
  /** Virtual seconds. */
  readonly duration: number;
  /** Points of the history. */
  readonly points: number;
  /** For the policy. */
  readonly random: Random;
}

/** In seconds, from measured figures. */
export interface SharingTimes {
  /** From a change of load to a decision: agents report so often. */
  readonly report: number;
  /** From the fault of a host to its being known: missed heartbeats. */
  readonly detect: number;
  /** From a grant to its first request: a real server is added to the balancer. */
  readonly grant: number;
  /** From a release until the donor has its capacity back: connections end. */
  readonly drain: number;
}

/** What became of it. */
export interface ServicesOutcome {
  readonly events: number;
  readonly decisions: number;
  /** Share of what users asked for that was not served. */
  readonly unmet: number;
  /** Share of the services' time over their threshold, with what they had borrowed. */
  readonly overloaded: number;
  /** Mean seconds from the start of an overload to its end; undefined where there was none. */
  readonly relief: number | undefined;
  readonly overloads: number;
  readonly grants: number;
  /** Mean number of donors of a service that borrows, at its decision; undefined without grants. */
  readonly donors: number | undefined;
  /** At equal steps of time. */
  readonly history: readonly ServicesMoment[];
}

export interface ServicesMoment {
  readonly time: number;
  /** In hosts. */
  readonly demand: number;
  readonly capacity: number;
  readonly unmet: number;
  readonly lent: number;
}

/**
 * Hosts given to services so that some services are four times as large as others: of equal services
 * all orders of donors would be one.
 */
export function unevenSizes(hosts: number, services: number, random: Random): number[] {
  const weights = Array.from({ length: services }, () => 4 ** random.next());
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  // Largest remainder: every service has a host, and no host is left.
  const spare = hosts - services;
  const exact = weights.map((weight) => (spare * weight) / all);
  const sizes = exact.map((share) => 1 + Math.floor(share));
  const left = hosts - sizes.reduce((sum, size) => sum + size, 0);
  const order = exact
    .map((share, index) => ({ rest: share - Math.floor(share), index }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of order.slice(0, left)) sizes[index] = (sizes[index] ?? 0) + 1;
  return sizes;
}
