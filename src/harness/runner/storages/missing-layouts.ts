import type { Problem } from '../../../base/errors.ts';
import type { PlannedStorage } from './plan-storages.ts';
import { planBeds, type BedLevels } from './plan-beds.ts';

/** Layouts are asked for where nobody could set them. */
export function missingLayouts(
  planned: readonly Pick<PlannedStorage, 'name' | 'backend'>[],
  arms: readonly BedLevels[],
): Problem[] {
  const beds = planBeds(arms);
  return planned.flatMap(({ name, backend: { kind, label, layouts } }) => {
    const asked = beds.filter(({ storage, layout }) => storage === name && layout !== undefined);
    if (layouts !== undefined || asked.length === 0) return [];
    const names = asked.map(({ layoutName }) => layoutName);
    const what = label === kind ? `kind: ${kind}` : `${label}, kind: ${kind}`;
    return {
      where: `storages.${name}`,
      message: `expected a storage that can lay out files as asked for (${[...new Set(names)].join(', ')}), this one (${what}) cannot`,
      remedy: `Leave the factor out, leave those arms out (exclude: [{ storage: ${name}, … }]), or use kind: lustre.`,
    };
  });
}
