import { median } from 'simple-statistics';
import { simulatedMoment } from '../../measure/simulation/history.ts';
import type { Event, Run, Trial } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';

/** How the cluster of one arm went on: medians over its trials at each moment. */
export interface History {
  /** Index of the arm. */
  arm: number;
  trials: number;
  moments: { time: number; figures: Record<string, number> }[];
}

/**
 * One history an arm that has any; `time` in simulated seconds.
 * @param name of the events; those whose figures have a `time` are set side by side by that
 */
export function historiesOf(
  run: Run,
  trials: readonly Trial[],
  eventsNamed: (names: readonly string[]) => Iterable<Event>,
  name = simulatedMoment,
): History[] {
  const index = armIndex(run.arms);
  const armOf = new Map(trials.map(({ trial, arm }) => [trial, index.get(armKey(arm)) ?? -1]));
  const values = run.arms.map(() => new Map<number, Map<string, number[]>>());
  const seen = run.arms.map(() => new Set<number>());
  for (const { trial, at: stamp, figures = {} } of eventsNamed([name])) {
    const at = figures['time'] ?? stamp;
    const arm = armOf.get(trial) ?? -1;
    const own = values[arm];
    if (own === undefined) continue;
    seen[arm]?.add(trial);
    let moment = own.get(at);
    if (moment === undefined) own.set(at, (moment = new Map<string, number[]>()));
    for (const [name, value] of Object.entries(figures)) {
      const list = moment.get(name);
      if (list === undefined) moment.set(name, [value]);
      else list.push(value);
    }
  }
  return values.flatMap((own, arm) =>
    own.size === 0
      ? []
      : [
          {
            arm,
            trials: seen[arm]?.size ?? 0,
            moments: [...own]
              .sort(([a], [b]) => a - b)
              .map(([time, figures]) => ({
                time,
                figures: Object.fromEntries([...figures].map(([name, all]) => [name, median(all)])),
              })),
          },
        ],
  );
}
