import type { ArmOutages, ObserverView } from './outages.ts';
import { tolerance } from './outages.ts';
import { serviceObserver } from './observers.ts';

/** Two observers of one arm whose figures cannot both be right about the same outage. */
export interface Disagreement {
  arm: number;
  service: ObserverView;
  other: ObserverView;
  /** The service's downtime over the other's. */
  times: number;
}

/**
 * The observers that disagree with that of the service about the completed migrations: their
 * intervals do not overlap, and the medians lie further apart than both floors and calibration
 * errors together.
 */
export function disagreementsOf({ arm, views }: ArmOutages): Disagreement[] {
  const service = views.find(({ observer }) => observer === serviceObserver);
  if (service === undefined) return [];
  return views
    .filter((other) => other !== service && disagree(service, other))
    .map((other) => ({ arm, service, other, times: medianOf(service) / medianOf(other) }));
}

/** Whether the arm has two observers with intervals, so that a disagreement would have been seen. */
export function canDisagree({ views }: ArmOutages): boolean {
  const service = views.find(({ observer }) => observer === serviceObserver);
  return isBounded(service) && views.some((other) => other !== service && isBounded(other));
}

function disagree(a: ObserverView, b: ObserverView): boolean {
  if (!isBounded(a) || !isBounded(b)) return false;
  const [first, second] = [a.seen?.interval, b.seen?.interval];
  if (first === undefined || second === undefined) return false;
  if (first.low <= second.high && second.low <= first.high) return false;
  return Math.abs(medianOf(a) - medianOf(b)) > tolerance(a) + tolerance(b);
}

function isBounded(view: ObserverView | undefined): boolean {
  const { median = NaN, interval } = view?.seen ?? {};
  return Number.isFinite(median) && interval !== undefined;
}

function medianOf({ seen }: ObserverView): number {
  return seen?.median ?? NaN;
}
