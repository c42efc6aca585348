import { bursts } from './bursts.ts';
import { diurnal } from './diurnal.ts';
import { steady } from './steady.ts';
import type { MakeWorkload } from './workload.ts';

/** Every seeded workload; a new one is a file and a line here. A trace is read from a file instead. */
export const workloads = { steady, diurnal, bursts } satisfies Readonly<
  Record<string, MakeWorkload>
>;

export type WorkloadName = keyof typeof workloads;
