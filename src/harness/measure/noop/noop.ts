import type { Measurement } from '../measurement.ts';
import { noopMetrics } from './metrics.ts';

/** A trial that does nothing: what the harness itself costs. */
export const noop: Measurement = {
  metrics: noopMetrics,
  kind: 'measured',
  needsGuests: false,
  dataBytes: () => 0,
  run(scope) {
    const start = scope.clock.now();
    scope.record('noop.total', scope.clock.now() - start);
    return Promise.resolve();
  },
};
