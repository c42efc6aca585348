import { posix } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { isThisMachine } from '../../../platform/remote/this-machine.ts';
import { judgeLocks } from './lock-problems.ts';
import { proveLocks } from './lock-proof.ts';
import type { StorageRequest } from './prepare-storage.ts';
import { requireSameFiles } from './same-files.ts';

/** What a comparison of hosts adds to what is known of their storage. */
export interface Compared {
  /** What is known of locks; absent where there is nothing to compare. */
  locks?: string;
  warnings: string[];
}

/**
 * Compares the first host of those that see the same files with each other one.
 * @throws UserError if any of them is not as it must be
 */
export async function compareAll(
  request: Pick<StorageRequest, 'storage' | 'environment'>,
  first: Host,
  others: readonly Host[],
  directory: string,
): Promise<Compared[]> {
  const all = await Promise.allSettled(
    others.map((other) => compareHosts(request, first, other, directory)),
  );
  return all.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** For the record: proven where they are between all of them. */
export function lockFacts(compared: readonly Compared[]): Record<string, string> {
  const told = [...new Set(compared.flatMap(({ locks }) => locks ?? []))];
  const open = told.filter((text) => text !== 'proven');
  if (told.length === 0) return {};
  return { 'locks across hosts': open.length === 0 ? 'proven' : open.join('; ') };
}

/**
 * Two hosts see the same files of a storage, and each other's locks.
 * @param directory one of ours on it
 * @throws UserError if they do not, or how they have it mounted makes it unsafe
 */
async function compareHosts(
  { storage, environment }: Pick<StorageRequest, 'storage' | 'environment'>,
  first: Host,
  other: Host,
  directory: string,
): Promise<Compared> {
  const { name, backend } = storage;
  await requireSameFiles(name, first, other, directory);
  // One kernel: there is nothing to compare.
  if (isThisMachine(first) && isThisMachine(other)) return { warnings: [] };
  const differences = await backend.compareHosts?.(first, other, directory);
  const problems = differences?.problems ?? [];
  if (problems.length > 0) {
    throw new UserError(problems.map((problem) => ({ where: `storages.${name}`, ...problem })));
  }
  const file = posix.join(directory, `lock-${other.name}`);
  const proof = await proveLocks(first.shell, other.shell, file, environment);
  const { fact, warnings } = judgeLocks(proof, {
    ...{ storage: name, kind: backend.kind, directory },
    ...{ holder: first.name, other: other.name },
  });
  return {
    locks: fact,
    warnings: [...(differences?.warnings ?? []), ...warnings],
  };
}
