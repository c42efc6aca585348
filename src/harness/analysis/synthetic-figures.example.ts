import { normalQuantile } from '../../base/stats/normal.ts';
import { seededRandom } from '../../base/stats/random.ts';
import { crashMetrics } from '../measure/crash/metrics.ts';
import { hotplugMetrics } from '../measure/hotplug/metrics.ts';
import { managerMetrics } from '../measure/manager/metrics.ts';
import { p2vMetrics } from '../measure/p2v/metrics.ts';
import { sharingMetrics } from '../measure/sharing/metrics.ts';
import { wireMetrics } from '../measure/wire/metrics.ts';
import type { Reading } from '../measure/measurement.ts';
import type { Arm, Level, Metric, Run, Sample, Trial } from '../results/schema.ts';
import { syntheticRun } from './synthetic-run.example.ts';

/** A metric with the labels of its figures, and what it is about in an arm. */
interface Figures {
  metric: string;
  readings?: Reading[];
  /** NaN: the arm has none. */
  value: (arm: Arm, reading: Reading) => number;
  /** Counts are whole. */
  whole?: boolean;
}

interface Kind {
  factors: Record<string, Level[]>;
  metrics: Readonly<Record<string, Metric>>;
  figures: Figures[];
  /** Whether a trial is refused: it has no figures, and has not converged. */
  refused?: (arm: Arm, block: number) => boolean;
}

const phases = ['before', 'during', 'after'].map((phase) => ({ phase }));
const percentiles = [50, 99];

const kinds = {
  p2v: {
    factors: { conversion: ['offline', 'warm', 'native-switch'], linkRate: [1e8, 1e9] },
    metrics: p2vMetrics,
    figures: [
      { metric: 'p2v.downtime', value: (arm) => downtimes[String(arm['conversion'])] ?? NaN },
      { metric: 'p2v.total-time', value: (arm) => 6e9 / Number(arm['linkRate']) + 14 },
      { metric: 'p2v.lost-writes', value: () => 0, whole: true },
      { metric: 'p2v.writes', value: () => 1200, whole: true },
      { metric: 'p2v.transferred', value: () => 1.1e9, whole: true },
      { metric: 'p2v.floor', value: () => 0.041 },
      {
        metric: 'p2v.phase',
        readings: ['first: firmware and kernel', 'second: hand-over'].map((phase) => ({ phase })),
        value: (_, { phase }) => (phase?.startsWith('first') ? 7.2 : 0.4),
      },
      {
        metric: 'p2v.slowdown',
        readings: [{ phase: 'before the cut-over' }],
        value: (arm) => (arm['conversion'] === 'offline' ? NaN : 1.3),
      },
      { metric: 'p2v.predicted-downtime', value: () => 21 },
      { metric: 'p2v.compared-bytes', value: () => 2 ** 30, whole: true },
      { metric: 'p2v.different-bytes', value: () => 0, whole: true },
    ],
  },
  hotplug: {
    factors: { device: ['vcpu', 'dimm', 'disk', 'nic'], direction: ['in', 'out'] },
    metrics: hotplugMetrics,
    figures: [
      { metric: 'hotplug.effect', value: (arm) => effects[String(arm['device'])] ?? NaN },
      { metric: 'hotplug.return', value: () => 0.0031 },
      { metric: 'hotplug.refused', value: () => 0, whole: true },
      { metric: 'hotplug.resolution', value: () => 0.0004 },
    ],
    refused: (arm, block) =>
      arm['device'] === 'dimm' && arm['direction'] === 'out' && block % 3 === 0,
  },
  sharing: {
    factors: { sharing: ['none', 'ma2scf-reconstructed', 'best-fit'] },
    metrics: sharingMetrics,
    figures: [
      {
        metric: 'sharing.goodput',
        readings: phases,
        value: ({ sharing }, { phase }) =>
          phase !== 'during' ? 15 : sharing === 'none' ? 38 : sharing === 'best-fit' ? 61 : 54,
      },
      {
        metric: 'sharing.latency',
        readings: phases.flatMap((one) =>
          percentiles.map((percentile) => ({ ...one, percentile })),
        ),
        value: ({ sharing }, { phase, percentile }) =>
          (phase === 'during' && sharing === 'none' ? 0.6 : 0.031) * (percentile === 99 ? 3 : 1),
      },
      {
        metric: 'sharing.relieved',
        value: ({ sharing }) => Number(sharing !== 'none'),
        whole: true,
      },
      { metric: 'sharing.relief', value: ({ sharing }) => (sharing === 'none' ? NaN : 24) },
      { metric: 'sharing.donors-goodput', readings: phases, value: () => 20 },
      {
        metric: 'sharing.started',
        value: ({ sharing }) => Number(sharing !== 'none'),
        whole: true,
      },
    ],
  },
  manager: {
    factors: { agents: [1, 10, 100] },
    metrics: managerMetrics,
    figures: [
      {
        metric: 'manager.latency',
        readings: ['accepted', 'done'].flatMap((phase) =>
          percentiles.map((percentile) => ({ phase, percentile })),
        ),
        value: ({ agents }, { phase, percentile }) =>
          (phase === 'done' ? 0.021 : 0.004) * Number(agents) ** 0.3 * (percentile === 99 ? 4 : 1),
      },
      { metric: 'manager.rate', value: ({ agents }) => 210 / Number(agents) ** 0.2 },
      { metric: 'manager.heartbeats', value: ({ agents }) => Number(agents) },
      { metric: 'manager.cores', value: ({ agents }) => 0.1 + Number(agents) / 90 },
    ],
  },
  wire: {
    factors: { protection: ['plain', 'data', 'channel', 'both'] },
    metrics: wireMetrics,
    figures: [
      {
        metric: 'wire.latency',
        readings: percentiles.map((percentile) => ({ percentile })),
        value: ({ protection }, { percentile }) =>
          (protection === 'plain' ? 4e-4 : 7e-4) * (percentile === 99 ? 4 : 1),
      },
      { metric: 'wire.rate', value: ({ protection }) => (protection === 'plain' ? 3100 : 2200) },
      { metric: 'wire.begin', value: ({ protection }) => (protection === 'plain' ? 0.03 : 0.04) },
    ],
  },
  crash: {
    factors: { cache: ['none', 'unsafe'] },
    metrics: crashMetrics,
    figures: [
      {
        metric: 'crash.lost-writes',
        value: ({ cache }) => (cache === 'none' ? 0 : 640),
        whole: true,
      },
      { metric: 'crash.acknowledged', value: () => 900, whole: true },
      { metric: 'crash.moment', value: () => 4.7 },
      { metric: 'crash.back', value: () => 19 },
    ],
  },
} satisfies Record<string, Kind>;

const downtimes: Record<string, number> = { offline: 61, warm: 12.4, 'native-switch': 9.1 };
const effects: Record<string, number> = { vcpu: 0.021, dimm: 0.31, disk: 0.046, nic: 0.083 };

export type SyntheticKind = keyof typeof kinds;
export const syntheticKinds = Object.keys(kinds) as SyntheticKind[];

/** Records of a measurement with all its figures around known values. For tests: nothing was measured. */
export function syntheticFigures(
  name: SyntheticKind,
  { blocks = 8, noise = 0.04, seed = '5f' } = {},
): { run: Run; trials: Trial[]; samples: Sample[]; events: [] } {
  const kind: Kind = kinds[name];
  const random = seededRandom(`figures ${name} ${seed}`);
  const { run } = syntheticRun({ measure: [], factors: kind.factors, seed });
  const trials: Trial[] = [];
  const samples: Sample[] = [];
  for (let block = 0; block < blocks; block++) {
    for (const arm of random.shuffle(run.arms)) {
      const trial = trials.length;
      const refused = kind.refused?.(arm, block) === true;
      trials.push({
        ...{ trial, block, arm, state: refused ? 'not-converged' : 'completed' },
        ...{ startedAt: 40 * trial, duration: 30 },
        ...(refused && { reason: { message: 'the guest keeps it' } }),
      });
      if (refused) continue;
      for (const { metric, readings = [{}], value, whole = false } of kind.figures) {
        const unit = kind.metrics[metric]?.unit ?? '';
        for (const reading of readings) {
          const around = value(arm, reading);
          if (Number.isNaN(around)) continue;
          const factor = Math.exp(noise * normalQuantile(random.next() + 2 ** -54));
          const drawn = whole ? Math.round(around * factor) : around * factor;
          samples.push({
            ...{ metric, value: drawn, unit, arm, trial, kind: 'measured', at: 40 * trial },
            ...reading,
          });
        }
      }
    }
  }
  return {
    run: {
      ...run,
      ...{ metrics: { ...kind.metrics }, planned: trials.length },
      scenario: { name, measure: { [name]: {} }, repeat: { trials: blocks } },
      source: `scenarios/${name}.yaml`,
    },
    ...{ trials, samples, events: [] },
  };
}
