import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';

/** Every figure of a conversion. */
export const p2vMetrics: Readonly<Record<string, Metric>> = {
  'p2v.downtime': {
    title: 'Downtime of a conversion, its outages together',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'p2v.total-time': {
    title: 'Conversion, from its request until it was committed',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'p2v.lost-writes': {
    title: 'Acknowledged writes that were lost',
    unit: 'writes',
    better: 'lower',
    headline: true,
  },
  'p2v.transferred': {
    title: 'Bytes that the target received meanwhile',
    unit: 'B',
    better: 'lower',
  },
  'p2v.outage': {
    title: 'One outage of a conversion',
    unit: 's',
    better: 'lower',
    sometimes: true,
  },
  'p2v.other-gaps': {
    title: 'Other gaps in the service meanwhile, together',
    unit: 's',
    better: 'lower',
  },
  'p2v.phase': { title: 'Part of an outage', unit: 's', better: 'lower', sometimes: true },
  'p2v.floor': { title: 'Longest gap without a conversion', unit: 's', better: 'neither' },
  'p2v.slowdown': {
    title: 'Latency while the machine was copied, as a multiple of that before',
    unit: '×',
    better: 'lower',
  },
  'p2v.predicted-downtime': {
    title: 'Downtime as predicted before',
    unit: 's',
    better: 'neither',
  },
  'p2v.predicted-total-time': {
    title: 'Time of the whole conversion as predicted before',
    unit: 's',
    better: 'neither',
  },
  'p2v.different-bytes': {
    title: 'Bytes in pieces that differ between source and target, at the cut-over',
    unit: 'B',
    better: 'lower',
  },
  'p2v.compared-bytes': {
    title: 'Bytes compared between source and target',
    unit: 'B',
    better: 'neither',
  },
  'p2v.faulty-file-systems': {
    title: 'File systems of the copy with errors',
    unit: 'file systems',
    better: 'lower',
  },
  'p2v.writes': {
    title: 'Writes acknowledged by the witness',
    unit: 'writes',
    better: 'neither',
  },
};

/** What tells apart the figures of a metric that has several in a trial. */
export const p2vLabels: Readonly<Record<string, MetricLabels>> = {
  'p2v.outage': { phase: ['switch', 'move', 'conversion'] },
  'p2v.phase': { phase: 'any' },
  'p2v.slowdown': { phase: ['before the cut-over', 'while mirrored'] },
};
