import type { Ledger } from '../../../ledger/ledger.ts';
import type { Host } from '../../../remote/host.ts';
import type { Shell } from '../../../remote/shell.ts';
import { readLinkRate } from './link-rate.ts';
import { readMemory, type Memory } from './memory.ts';
import { readProcessor, type Processor } from './processor.ts';
import { readStorageRate, type StorageRoom } from './storage-rate.ts';

/** What a host is like that is to take the machine. */
export interface TargetInspection {
  host: string;
  /** Bytes a second from the source; undefined with the reason beside it. */
  linkRate?: number;
  linkProblem?: string;
  /** The storage for the disk, by the inventory's name. */
  storage?: { name: string } & StorageRoom;
  memory: Memory;
  processor: Processor;
}

/**
 * Looks at a target, and measures the way from the source to it.
 * @param storage name of one of its storages; the first by default
 * @throws UserError if nothing can be written to the storage
 */
export async function inspectTarget(
  source: Shell,
  target: Host,
  { ledger, storage }: { ledger: Ledger; storage?: string | undefined },
): Promise<TargetInspection> {
  const name = storage ?? Object.keys(target.storages)[0];
  const where = name === undefined ? undefined : target.storages[name];
  const link = await readLinkRate(source, target).then(
    (linkRate) => ({ linkRate }),
    (error: unknown) => ({ linkProblem: (error as Error).message }),
  );
  return {
    host: target.name,
    ...link,
    memory: await readMemory(target.shell),
    processor: await readProcessor(target.shell),
    ...(name !== undefined &&
      where !== undefined && {
        storage: { name, ...(await readStorageRate(target, where, ledger)) },
      }),
  };
}
