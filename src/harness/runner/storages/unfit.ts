import type { Problem } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/units.ts';
import type { StorageInspection } from '../../../platform/storage/storage.ts';
import type { Levels } from '../../scenario/levels.ts';

/** Bytes that must be free. */
export interface Room {
  /** In all. */
  total: number;
  /** For the largest file. */
  file: number;
}

/** Why a storage cannot bear its arms. */
export function unfit(
  found: StorageInspection,
  uses: readonly Pick<Levels, 'provisioning' | 'cache'>[],
  room: Room,
): Problem[] {
  const { filesystem, free, directIo, reflink } = found;
  const problems = fullTargets(found, room.file);
  if (free < room.total) {
    problems.push({
      message: `expected at least ${formatBytes(room.total)} free, found ${formatBytes(free)}`,
      remedy: 'Make space, choose another path, or use fewer guests, smaller jobs or clones.',
    });
  }
  if (!reflink && uses.some(({ provisioning }) => provisioning === 'reflink')) {
    problems.push({
      message: `expected a file system with reflink for provisioning: reflink, ${filesystem} has none here`,
      remedy: 'Use clone or copy, or a path on XFS or Btrfs.',
    });
  }
  const direct = uses.find(({ cache }) => cache === 'none' || cache === 'directsync');
  if (!directIo && direct) {
    problems.push({
      message: `expected O_DIRECT for cache: ${direct.cache}, ${filesystem} has none here`,
      remedy: 'Use cache: writeback, or a path on another file system.',
    });
  }
  return problems;
}

/** A file may come to lie on any of the targets, and ends where one of them is full. */
function fullTargets({ targets = [], stripes = 1 }: StorageInspection, file: number): Problem[] {
  const share = Math.ceil(file / Math.max(1, stripes));
  const full = targets.filter(({ free }) => free < share);
  if (full.length === 0) return [];
  const has = full.map(({ name, free }) => `${name} has ${formatBytes(free)}`).join(', ');
  return [
    {
      message: `expected at least ${formatBytes(share)} free on each target that the layout uses, ${has}`,
      remedy:
        'Free space there, use a pool without it (pool), or more stripes a file (stripeCount).',
    },
  ];
}
