import type { Effect } from '../effects.ts';
import { quantity } from '../quantity.ts';
import { downtimeMetric } from './observers.ts';
import { type ArmOutages, isAtFloor, type ObserverView } from './outages.ts';

/** The view of an arm that a figure of a series comes from; undefined where it is no downtime. */
export function viewOf(
  outages: readonly ArmOutages[] | undefined,
  { key }: { key: { metric: string; observer?: string } },
  arm: number,
): ObserverView | undefined {
  if (key.metric !== downtimeMetric) return undefined;
  return outages?.[arm]?.views.find(({ observer }) => observer === key.observer);
}

/** `at the floor (9.20 ms)` where a downtime is; undefined elsewhere. */
export function floorNote(
  outages: readonly ArmOutages[] | undefined,
  series: { key: { metric: string; observer?: string } },
  arm: number,
): string | undefined {
  const view = viewOf(outages, series, arm);
  if (view === undefined || !isAtFloor(view)) return undefined;
  return `at the floor (${quantity(view.floor ?? 0, 's')})`;
}

/** What an effect on a downtime must not be read without. */
export function floorRemark(outages: readonly ArmOutages[], { series, pairs }: Effect): string {
  const arms = new Set(pairs.flatMap(({ base, other }) => [base, other]));
  const near = [...arms].filter((arm) => floorNote(outages, series, arm) !== undefined);
  if (near.length === 0) return '';
  return near.length === arms.size
    ? "; at the observer's floor"
    : `; ${near.length} of ${arms.size} arms at the observer's floor`;
}
