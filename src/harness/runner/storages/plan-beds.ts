import type { Layout } from '../../../platform/storage/layout.ts';
import type { Levels } from '../../scenario/levels.ts';
import { layoutName, layoutOf } from './layout-of.ts';

/** What decides in which directory of which storage the files of an arm lie. */
export type BedLevels = Pick<
  Levels,
  'storage' | 'template' | 'templateData' | 'layout' | 'stripeCount' | 'stripeSize' | 'pool'
> &
  Partial<Pick<Levels, 'image' | 'kernel'>>;

/** A directory of a run on a storage: files in it have one layout, templates one size. */
export interface PlannedBed<Arm extends BedLevels = Levels> {
  key: string;
  storage: string;
  layout: Layout | undefined;
  /** The layout by its levels: `stripeCount=2`; empty where it is inherited. */
  layoutName: string;
  /** Incompressible bytes in its templates on top of what the measurements need. */
  templateData: number;
  /** Tells what its templates are made from apart (see `sourceKey`). */
  source: string;
  /** Arms whose disks lie there. */
  disks: Arm[];
  /** Arms whose templates lie there. */
  templates: Arm[];
}

/** One bed for each storage, layout and size of template that the arms use, in their order. */
export function planBeds<Arm extends BedLevels>(arms: readonly Arm[]): PlannedBed<Arm>[] {
  const beds = new Map<string, PlannedBed<Arm>>();
  const bedOf = (levels: BedLevels) => {
    const key = bedKey(levels);
    const known = beds.get(key);
    if (known !== undefined) return known;
    const { storage, templateData } = levels;
    const layout = { layout: layoutOf(levels), layoutName: layoutName(levels) };
    const bed: PlannedBed<Arm> = {
      key,
      storage,
      templateData,
      source: sourceKey(levels),
      ...layout,
      disks: [],
      templates: [],
    };
    beds.set(key, bed);
    return bed;
  };
  for (const arm of arms) {
    bedOf(arm).disks.push(arm);
    bedOf(templateLevels(arm)).templates.push(arm);
  }
  return [...beds.values()];
}

/** Tells the beds of disks apart. */
export function bedKey(levels: BedLevels): string {
  return JSON.stringify([levels.storage, layoutName(levels), sourceKey(levels)]);
}

/** Tells images apart: equal where guests have the same image and kernel. */
export function imageKey({ image, kernel }: Partial<Pick<Levels, 'image' | 'kernel'>>): string {
  return JSON.stringify([image ?? 'same', kernel ?? 'same']);
}

/** Tells apart what templates are made from: image, kernel, and bytes added to it. */
export function sourceKey(levels: Pick<BedLevels, 'image' | 'kernel' | 'templateData'>): string {
  return JSON.stringify([imageKey(levels), levels.templateData]);
}

/**
 * The levels as the template has them: on a storage of its own it has that directory's layout, since
 * layouts are asked for disks.
 */
export function templateLevels(levels: BedLevels): BedLevels {
  const storage = templateStorage(levels);
  if (storage === levels.storage) return levels;
  const inherited = { layout: 'inherit', stripeCount: 'inherit', stripeSize: 'inherit' } as const;
  return { ...levels, ...inherited, pool: 'inherit', storage };
}

/** The storage on which the template of an arm lies. */
export function templateStorage({
  template,
  storage,
}: Pick<Levels, 'template' | 'storage'>): string {
  return template === 'same' ? storage : template;
}

/** Names of the storages that arms use, those of their disks first. */
export function storagesUsed(arms: readonly Pick<Levels, 'template' | 'storage'>[]): string[] {
  return [...new Set([...arms.map(({ storage }) => storage), ...arms.map(templateStorage)])];
}
