import { UserError } from '../../../base/errors.ts';
import { largest } from '../../../base/stats/largest.ts';
import type { StorageInspection } from '../../../platform/storage/storage.ts';
import { bedSpace } from './bed-space.ts';
import type { PlannedBed } from './plan-beds.ts';
import type { StorageRequest } from './prepare-storage.ts';
import { unfit } from './unfit.ts';

/** A bed where it is made, before its templates are. */
export interface BedOnHost {
  bed: PlannedBed;
  directory: string;
  found: StorageInspection;
}

/**
 * All beds of a storage fit on it together: templates at once, trials in turn. Beds that use other
 * targets than one another take no room from each other.
 * @param creators hosts that create guests there
 * @throws UserError with everything that is missing
 */
export function requireRoom(
  { sources, data, parallel }: Pick<StorageRequest, 'sources' | 'data' | 'parallel'>,
  where: string,
  beds: readonly BedOnHost[],
  creators: number,
): void {
  const spaces = beds.map(({ bed, found }) => {
    const template = sources.get(bed.source);
    if (template === undefined) throw new Error('a template without a source');
    return { bed, found, space: bedSpace(bed, template, data, creators, parallel) };
  });
  const problems = spaces.flatMap(({ bed, found, space }) => {
    const together = spaces.filter((other) => targetNames(other.found) === targetNames(found));
    const kept = together.reduce((sum, other) => sum + other.space.kept, 0);
    const trial = largest(together.map((other) => other.space.trial));
    return unfit(found, usesOf(bed), { total: kept + trial, file: space.file }).map((problem) => ({
      where: bed.layoutName === '' ? where : `${where}, ${bed.layoutName}`,
      ...problem,
    }));
  });
  // Beds on the same targets lack the same.
  const told = problems.filter(
    ({ message }, index) => problems.findIndex((other) => other.message === message) === index,
  );
  if (told.length > 0) throw new UserError(told);
}

/** What is read past the page cache: disks, and the templates behind those that are clones. */
function usesOf({ disks, templates }: PlannedBed): PlannedBed['disks'] {
  return [...disks, ...templates.filter(({ provisioning }) => provisioning === 'clone')];
}

function targetNames({ targets }: StorageInspection): string {
  return targets === undefined ? '' : JSON.stringify(targets.map(({ name }) => name).sort());
}
