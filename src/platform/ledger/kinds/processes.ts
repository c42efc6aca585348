import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { livingProcess } from '../living-process.ts';
import { isMarked, markedProcesses, type MarkedProcess } from './marked-processes.ts';
import type { Removed, ResourceKind } from './kind.ts';

const schema = z.strictObject({
  kind: z.literal('processes'),
  /** Every process that carries `VIRTGAUGE_MARK=<mark>` in its environment. */
  mark: z.string().regex(/^[0-9A-Za-z_.-]{8,}$/, 'expected a mark of at least 8 characters'),
});

/** The processes that carry a mark, and those that they start and that inherit it. */
export const processes: ResourceKind<typeof schema> = {
  schema,
  rank: 0,
  unmistakable: true,
  describe: ({ mark }) => `processes with VIRTGAUGE_MARK=${mark}`,
  remove: ({ mark }) => endProcesses(mark),
};

/**
 * Ends every process with the mark: SIGTERM, and SIGKILL for those that are still there after
 * `grace` seconds. Looks again until none is found, since a process may start another meanwhile.
 * @throws Error naming the processes that could not be ended within `limit` seconds
 */
export async function endProcesses(
  mark: string,
  { grace = 1, limit = 10 }: { grace?: number; limit?: number } = {},
): Promise<Removed[]> {
  const ended = new Map<string, number>();
  const deadline = performance.now() + limit * 1000;
  for (;;) {
    const found = markedProcesses(mark);
    if (found.length === 0) break;
    signalAll(found, mark, 'SIGTERM');
    let left = await goneWithin(found, Math.min(performance.now() + grace * 1000, deadline));
    if (left.length > 0) {
      signalAll(left, mark, 'SIGKILL');
      left = await goneWithin(left, deadline);
    }
    for (const { name } of found.filter((one) => !left.includes(one))) {
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

function signalAll(
  found: readonly MarkedProcess[],
  mark: string,
  signal: 'SIGTERM' | 'SIGKILL',
): void {
  for (const { pid, start } of found) {
    // Another process may have the number by now.
    if (livingProcess(pid)?.start !== start || !isMarked(pid, mark)) continue;
    try {
      process.kill(pid, signal);
    } catch {
      // Ended meanwhile, or not ours to end: whoever is still there at the end is reported.
    }
  }
}

/** Waits until all are gone or the moment has come; returns those that are still there. */
async function goneWithin(
  found: readonly MarkedProcess[],
  moment: number,
): Promise<MarkedProcess[]> {
  for (;;) {
    const left = found.filter(({ pid, start }) => livingProcess(pid)?.start === start);
    if (left.length === 0 || performance.now() >= moment) return left;
    await sleep(10);
  }
}
