import type { LoadTrace } from '../../observe/http/index.ts';
import type { Scope, Windows } from './record.ts';

/** Nothing below is called late, however fast the service usually is; seconds. */
const leastLimit = 0.05;
const usualTimes = 3;

/**
 * What clients of the guest's web service felt.
 * @param limit seconds; by default from the control window
 */
export function recordLoad(
  scope: Pick<Scope, 'record' | 'warn'>,
  http: LoadTrace,
  { control, migration, after }: Pick<Windows, 'control' | 'migration' | 'after'>,
  limit: number | undefined,
): void {
  for (const [phase, window] of Object.entries({ control, migration, after })) {
    for (const percentile of [50, 99]) {
      const latency = http.latencyPercentile(window, percentile);
      if (Number.isNaN(latency)) continue;
      if (latency === Infinity) {
        scope.warn(
          `latency: too many requests of the ${phase} window were not answered within ${http.timeout} s; its percentile ${percentile} is above what is recorded`,
        );
      }
      const value = Math.min(latency, http.timeout);
      scope.record('migration.latency', value, { phase, percentile });
    }
  }
  const usual = http.latencyPercentile(control, 99);
  const late = limit ?? Math.max(leastLimit, Number.isFinite(usual) ? usualTimes * usual : 0);
  scope.record('migration.lost-work', http.lostWork(migration, late));
}
