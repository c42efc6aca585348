import { formatBytes } from '../../../base/units.ts';
import type { StorageInspection } from '../../../platform/storage/storage.ts';
import type { StorageRequest } from './prepare-storage.ts';

/** Jobs with blocks that the storage does not take past its caches: QEMU then reads, changes, writes. */
export function alignmentWarnings(
  { beds, jobs }: Pick<StorageRequest, 'beds' | 'jobs'>,
  found: StorageInspection | undefined,
): string[] {
  const needed = found?.directAlignment;
  const direct = beds
    .flatMap(({ disks }) => disks)
    .some(({ cache }) => cache === 'none' || cache === 'directsync');
  if (needed === undefined || !direct) return [];
  const small = jobs.filter(({ bs }) => bs % needed !== 0);
  if (small.length === 0) return [];
  const names = small.map(({ name, bs }) => `${name} (${formatBytes(bs)})`).join(', ');
  return [
    `O_DIRECT needs blocks aligned to ${formatBytes(needed)} there: those of ${names} are smaller parts, which QEMU reads, changes and writes`,
  ];
}
