import { bootStorm } from './boot-storm.ts';
import { capacity } from './capacity.ts';
import { conversionTimeline } from './conversion-timeline.ts';
import { creationEndPoints } from './creation-end-points.ts';
import { creationPhases } from './creation-phases.ts';
import type { ChartKind } from './chart.ts';
import { decomposition } from './decomposition.ts';
import { downtimeCurves } from './downtime-curves.ts';
import { failoverPhases } from './failover-phases.ts';
import { latency } from './latency.ts';
import { levels } from './levels.ts';
import { migrationTimeline } from './migration-timeline.ts';
import { order } from './order.ts';
import { outagePhases } from './outage-phases.ts';
import { outagesByObserver } from './outages-by-observer.ts';
import { ratios } from './ratios.ts';
import { scaling } from './scaling.ts';
import { sentinel } from './sentinel.ts';
import { sharingTimeline } from './sharing-timeline.ts';
import { simulatedHistory } from './simulated-history.ts';

/** All ways to picture a run, in the order of the report. A new one is a file and a line here. */
export const chartKinds: readonly ChartKind[] = [
  ratios,
  simulatedHistory,
  sharingTimeline,
  outagesByObserver,
  migrationTimeline,
  decomposition,
  downtimeCurves,
  conversionTimeline,
  outagePhases,
  failoverPhases,
  creationPhases,
  bootStorm,
  creationEndPoints,
  capacity,
  scaling,
  levels,
  latency,
  order,
  sentinel,
];
