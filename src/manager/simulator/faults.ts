import type { Random } from '../../base/stats/random.ts';

/** Neighbouring hosts that fail together, as those of one rack or one switch do. */
export interface Incident {
  /** Seconds from the start. */
  readonly at: number;
  /** Indices of the hosts, ascending. */
  readonly hosts: readonly number[];
  /** Seconds until they are back. */
  readonly repair: number;
}

export interface FaultOptions {
  readonly hosts: number;
  /** How many fail at once; 0: none ever. */
  readonly together: number;
  /** How often, in the time of the simulation. */
  readonly incidents: number;
  readonly duration: number;
  readonly repair: number;
  readonly random: Random;
}

/**
 * When which hosts fail: in equal parts of the time one incident each, at a random moment in the first
 * half of its part, so that what follows can be seen. No more than half of the hosts fail at once.
 */
export function correlatedFaults(options: FaultOptions): Incident[] {
  const { hosts, incidents, duration, repair, random } = options;
  const together = Math.min(options.together, Math.floor(hosts / 2));
  // Drawn also where nothing fails: arms with and without faults share what comes after.
  const drawn = Array.from({ length: incidents }, () => [random.next(), random.next()] as const);
  if (together === 0) return [];
  const part = duration / incidents;
  return drawn.map(([moment, place], index) => {
    const first = Math.floor(place * (hosts - together + 1));
    return {
      at: part * (index + 0.1 + 0.4 * moment),
      hosts: Array.from({ length: together }, (_, offset) => first + offset),
      repair,
    };
  });
}
