import { z } from 'zod';
import { livingProcess } from '../living-process.ts';
import { endAll, type EndingOptions, type ProcessTable } from './ending.ts';
import { isMarked, markedProcesses } from './marked-processes.ts';
import type { Removed, ResourceKind } from './kind.ts';

/** What a mark may be. */
export const markSchema = z
  .string()
  .regex(/^[0-9A-Za-z_.-]{8,}$/, 'expected a mark of at least 8 characters');

const schema = z.strictObject({
  kind: z.literal('processes'),
  /** Every process that carries `VIRTGAUGE_MARK=<mark>` in its environment. */
  mark: markSchema,
});

/** The processes that carry a mark, and those that they start and that inherit it. */
export const processes: ResourceKind<typeof schema> = {
  schema,
  rank: 0,
  unmistakable: true,
  describe: ({ mark }) => `processes with VIRTGAUGE_MARK=${mark}`,
  remove: ({ mark }) => endProcesses(mark),
};

/** Ends every process of this machine with the mark, as `endAll` says. */
export function endProcesses(mark: string, options?: EndingOptions): Promise<Removed[]> {
  return endAll(ownProcesses(mark), options);
}

function ownProcesses(mark: string): ProcessTable {
  return {
    marked: () => Promise.resolve(markedProcesses(mark)),
    signal(found, signal) {
      for (const { pid, start } of found) {
        // Another process may have the number by now.
        if (livingProcess(pid)?.start !== start || !isMarked(pid, mark)) continue;
        try {
          process.kill(pid, `SIG${signal}`);
        } catch {
          // Ended meanwhile, or not ours to end: whoever is still there at the end is reported.
        }
      }
      return Promise.resolve();
    },
    living: (found) =>
      Promise.resolve(found.filter(({ pid, start }) => livingProcess(pid)?.start === start)),
  };
}
