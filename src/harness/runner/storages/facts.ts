import type { StorageBackend, StorageInspection } from '../../../platform/storage/storage.ts';
import type { StorageFacts } from '../../results/schema.ts';

/** What was found in one bed of a storage, on one or several hosts. */
export interface BedFindings {
  /** `stripeCount=2`; empty where the layout is inherited. */
  layoutName: string;
  found: readonly StorageInspection[];
}

/**
 * One record of a storage of several beds: those of its facts that are not the same for all layouts
 * are told for each, as `pool stripeCount=2`.
 */
export function storageFacts(
  { kind, label, standIn }: Pick<StorageBackend, 'kind' | 'label' | 'standIn'>,
  beds: readonly BedFindings[],
  added: Pick<StorageFacts, 'facts' | 'warnings' | 'serverCache'>,
): StorageFacts {
  const found = beds.flatMap((bed) => bed.found);
  const [first] = found;
  if (first === undefined) throw new Error('a storage on no host');
  const { filesystem, device, directIo, directAlignment, reflink } = first;
  const { serverCache } = added;
  return {
    ...{ kind, label, ...(standIn !== undefined && { standIn }) },
    ...{ filesystem, device, free: Math.min(...found.map(({ free }) => free)) },
    ...{ directIo, ...(directAlignment !== undefined && { directAlignment }), reflink },
    facts: { ...mergedFacts(beds), ...added.facts },
    warnings: [
      ...new Set([...found.flatMap(({ warnings }) => warnings), ...(added.warnings ?? [])]),
    ],
    ...(serverCache !== undefined && { serverCache }),
  };
}

function mergedFacts(beds: readonly BedFindings[]): Record<string, string> {
  const byLayout = new Map<string, StorageInspection['facts']>();
  for (const { layoutName, found } of beds) {
    if (!byLayout.has(layoutName)) byLayout.set(layoutName, found[0]?.facts ?? {});
  }
  const names = new Set([...byLayout.values()].flatMap((facts) => Object.keys(facts)));
  const merged = [...names].flatMap((name): [string, string][] => {
    const told = [...byLayout].map(([layout, facts]) => ({ layout, text: facts[name] }));
    const [one] = told;
    if (one?.text !== undefined && told.every(({ text }) => text === one.text)) {
      return [[name, one.text]];
    }
    return told.flatMap(({ layout, text }): [string, string][] =>
      text === undefined ? [] : [[layout === '' ? name : `${name} ${layout}`, text]],
    );
  });
  return Object.fromEntries(merged);
}
