import { interpolatedQuantile } from '../../../base/stats/interpolated-quantile.ts';
import type { Interval } from '../../../base/stats/interval.ts';
import { medianInterval } from '../../../base/stats/median-interval.ts';
import { median } from 'simple-statistics';
import { observerNames, type ObserverName } from '../observer.ts';
import type { Calibrated, ObserverLimits, PauseError } from './calibrate.ts';
import type { PauseKind } from './plan.ts';

/** How far an observer is off; seconds. */
export interface ObserverError extends ObserverLimits {
  kind: PauseKind;
  observer: ObserverName;
  /** Known pauses. */
  n: number;
  /** Median of gap − pause. */
  bias: number;
  /** Of the bias, at 95 %; absent below 6 pauses. */
  interval?: Pick<Interval, 'low' | 'high'>;
  /** Median of |gap − pause|. */
  middle: number;
  /** 95th percentile of |gap − pause|. */
  spread: number;
}

/** One line for each observer and kind of pause, in their usual order. */
export function summarizeCalibration({
  errors,
  limits,
}: Pick<Calibrated, 'errors' | 'limits'>): ObserverError[] {
  return (['stop', 'cut'] as const).flatMap((kind) =>
    observerNames.flatMap((observer): ObserverError[] => {
      const own = errors.filter((each) => each.kind === kind && each.observer === observer);
      const limit = limits.get(observer);
      return own.length === 0 || limit === undefined
        ? []
        : [{ kind, observer, ...of(own), ...limit }];
    }),
  );
}

function of(
  errors: readonly PauseError[],
): Pick<ObserverError, 'n' | 'bias' | 'interval' | 'middle' | 'spread'> {
  const values = errors.map(({ error }) => error);
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  const interval = medianInterval(values);
  return {
    n: values.length,
    bias: median(values),
    ...(interval && { interval: { low: interval.low, high: interval.high } }),
    middle: median(sizes),
    spread: interpolatedQuantile(sizes, 0.95),
  };
}
