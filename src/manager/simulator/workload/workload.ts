import type { Random } from '../../../base/stats/random.ts';

/** How the load of many guests or services goes up and down. */
export interface Workload {
  /**
   * The load of one of them from `now` on, as a multiple of what it has set aside; 0 or more. Asked
   * once for each change, in the order of time.
   */
  level(subject: number, now: number): number;
  /** Seconds until its next change, above 0; infinite where there is none. Asked after `level`. */
  wait(subject: number, now: number): number;
}

export interface WorkloadOptions {
  /** How many guests or services. */
  readonly subjects: number;
  /** Mean load, as a multiple of what is set aside: 0.4. */
  readonly mean: number;
  /** How far the means of subjects differ, and each from its own mean: 0.5 is ±50 %. */
  readonly spread: number;
  /** Mean seconds between two changes of one subject. */
  readonly step: number;
  readonly random: Random;
}

/** A seeded workload: same numbers for the same randomness. */
export type MakeWorkload = (options: WorkloadOptions) => Workload;

/** Each subject's own mean load. */
export function meansOf({ subjects, mean, spread, random }: WorkloadOptions): Float64Array {
  return Float64Array.from({ length: subjects }, () => mean * around(spread, random));
}

/** Uniform in 1 ± spread, never below 0. */
export function around(spread: number, random: Random): number {
  return Math.max(0, 1 + spread * (2 * random.next() - 1));
}

/** Exponentially distributed, in the mean `mean`: what comes by chance and without memory. */
export function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random.next());
}
