import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';

export const percentiles = [50, 75, 90, 95, 99, 99.5, 99.9] as const;

/** What guest-io records, each by job; a mixed job is two, `NAME:read` and `NAME:write`. */
export const metrics = {
  'guest-io.throughput': {
    title: 'Throughput of all guests together',
    unit: 'B/s',
    better: 'higher',
    headline: true,
  },
  'guest-io.iops': { title: 'Requests of all guests together', unit: '1/s', better: 'higher' },
  'guest-io.offered': {
    title: 'Requests asked of all guests together',
    unit: '1/s',
    better: 'neither',
  },
  'guest-io.latency': { title: 'Completion latency', unit: 's', better: 'lower' },
  'guest-io.fairness': {
    title: "Fairness among the guests (Jain's index)",
    unit: 'ratio',
    better: 'higher',
  },
  'guest-io.guest-throughput': {
    title: 'Throughput of one guest',
    unit: 'B/s',
    better: 'higher',
  },
  'guest-io.per-host-throughput': {
    title: 'Throughput of the guests of one host',
    unit: 'B/s',
    better: 'higher',
  },
  'guest-io.host-throughput': {
    title: 'Throughput of the hosts themselves',
    unit: 'B/s',
    better: 'higher',
  },
  'guest-io.host-latency': {
    title: 'Completion latency on the hosts themselves',
    unit: 's',
    better: 'lower',
  },
  'guest-io.overhead': { title: 'Host against guests', unit: 'ratio', better: 'lower' },
  'guest-io.steady': { title: 'Steady state reached', unit: 'ratio', better: 'neither' },
  'guest-io.start-spread': {
    title: 'Time between the first and the last guest to begin',
    unit: 's',
    better: 'neither',
  },
  'guest-io.clock-error': {
    title: "Error of a guest's clock, mapped",
    unit: 's',
    better: 'neither',
  },
} as const satisfies Record<string, Metric>;

/** Those that are recorded for a mixed job as a whole. */
export const ofWholeJobs: readonly string[] = ['guest-io.steady', 'guest-io.start-spread'];

const job = 'any';
const percentile = percentiles.map(String);

/** What tells apart the figures of a metric: jobs have the names that the scenario gives them. */
export const guestIoLabels: Readonly<Record<string, MetricLabels>> = {
  ...Object.fromEntries(Object.keys(metrics).map((name) => [name, { job }])),
  'guest-io.latency': { job, percentile },
  'guest-io.host-latency': { job, percentile },
  'guest-io.per-host-throughput': { job, observer: 'any' },
  'guest-io.clock-error': {},
};
