import { UserError } from '../../../base/errors.ts';
import type { LockProof } from './lock-proof.ts';

/** Where locks were tried. */
export interface LockPlace {
  storage: string;
  kind: string;
  directory: string;
  /** Names of the hosts that hold and that try. */
  holder: string;
  other: string;
}

const flock =
  'As root, after umount: mount it again with -o flock (neither noflock nor localflock).';

/**
 * What locks that are not as they should be mean.
 * @returns what belongs on record, and what changes how results read
 * @throws UserError if guests cannot start there, or would not be safe on a storage whose locks can be
 *   mended
 */
export function judgeLocks(
  { outcome, said }: LockProof,
  { storage, kind, directory, holder, other }: LockPlace,
): { fact: string; warnings: string[] } {
  const where = `storages.${storage} (${holder}:${directory})`;
  switch (outcome) {
    case 'proven':
      return { fact: 'proven', warnings: [] };
    case 'impossible':
      throw new UserError({
        where,
        message: `expected a storage on which QEMU can lock disks, it cannot: ${said}`,
        remedy:
          kind === 'lustre'
            ? flock
            : 'Mount it with locking (without nolock), or use another storage.',
      });
    case 'unseen':
      if (kind === 'lustre') {
        throw new UserError({
          where,
          message: `expected that locks of ${holder} are seen by ${other}, it could open a disk that ${holder} had open for writing`,
          remedy: flock,
        });
      }
      return {
        fact: `not seen (${holder}, ${other})`,
        warnings: [
          `locks of one host are not seen by the others (${holder}, ${other}): two hosts could write one disk`,
        ],
      };
    case 'unknown':
      return {
        fact: `not known (${holder}, ${other})`,
        warnings: [
          `whether locks of one host are seen by the others is not known (${holder}, ${other}): ${said}`,
        ],
      };
  }
}
