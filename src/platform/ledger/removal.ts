import type { Removed } from './kinds/kind.ts';
import { describeResource, rankOf, removeResource, type Resource } from './resource.ts';

/** A resource that is still there, and why. */
export interface Failure {
  what: string;
  reason: string;
}

export interface Removal {
  removed: Removed[];
  failures: Failure[];
}

/**
 * Removes resources, given in the order in which they were entered: kind by kind (processes before
 * the files that they use), the last one first. One that cannot be removed does not keep the others.
 * @param onGone called as soon as a resource is known to be gone
 */
export async function removeAll<Entry extends { resource: Resource }>(
  entries: readonly Entry[],
  onGone: (entry: Entry) => void,
): Promise<Removal> {
  const removal: Removal = { removed: [], failures: [] };
  const order = entries.toReversed().sort((a, b) => rankOf(a.resource) - rankOf(b.resource));
  for (const entry of order) {
    try {
      removal.removed.push(...(await removeResource(entry.resource)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      removal.failures.push({ what: describeResource(entry.resource), reason });
      continue;
    }
    onGone(entry);
  }
  return { ...removal, removed: sum(removal.removed) };
}

/** Adds up what has the same name, in order of first appearance. */
export function sum(removed: readonly Removed[]): Removed[] {
  const counts = new Map<string, number>();
  for (const { what, count } of removed) counts.set(what, (counts.get(what) ?? 0) + count);
  return Array.from(counts, ([what, count]) => ({ what, count }));
}
