import { setTimeout as sleep } from 'node:timers/promises';
import type { MarkedProcess } from './marked-processes.ts';
import type { Removed } from './kind.ts';

/** The processes of one machine that carry one mark. */
export interface ProcessTable {
  /** Those that live now. */
  marked(): Promise<MarkedProcess[]>;
  /** Sends a signal to those of these that still are who they were. */
  signal(processes: readonly MarkedProcess[], signal: 'TERM' | 'KILL'): Promise<void>;
  /** Those of these that still live. */
  living(processes: readonly MarkedProcess[]): Promise<MarkedProcess[]>;
}

export interface EndingOptions {
  /** Seconds between SIGTERM and SIGKILL. */
  grace?: number;
  /** Seconds in all. */
  limit?: number;
  /** Seconds between two looks. */
  interval?: number;
}

/**
 * Ends every process with the mark: SIGTERM, and SIGKILL for those that are still there after
 * `grace` seconds. Looks again until none is found, since a process may start another meanwhile.
 * @throws Error naming the processes that could not be ended within `limit` seconds
 */
export async function endAll(
  table: ProcessTable,
  { grace = 1, limit = 10, interval = 0.01 }: EndingOptions = {},
): Promise<Removed[]> {
  const ended = new Map<string, number>();
  const deadline = performance.now() + limit * 1000;
  const goneBy = async (found: readonly MarkedProcess[], moment: number) => {
    for (;;) {
      const left = await table.living(found);
      if (left.length === 0 || performance.now() >= moment) return left;
      await sleep(interval * 1000);
    }
  };
  for (;;) {
    const found = await table.marked();
    if (found.length === 0) break;
    await table.signal(found, 'TERM');
    let left = await goneBy(found, Math.min(performance.now() + grace * 1000, deadline));
    if (left.length > 0) {
      await table.signal(left, 'KILL');
      left = await goneBy(left, deadline);
    }
    for (const { name } of found.filter((one) => !left.some(({ pid }) => pid === one.pid))) {
      const what = name.startsWith('qemu-') ? 'QEMU process' : `${name} process`;
      ended.set(what, (ended.get(what) ?? 0) + 1);
    }
    if (left.length > 0) {
      const names = left.map(({ pid, name }) => `${pid} (${name})`).join(', ');
      throw new Error(`could not be ended within ${limit} s: process ${names}`);
    }
  }
  return Array.from(ended, ([what, count]) => ({ what, count }));
}
