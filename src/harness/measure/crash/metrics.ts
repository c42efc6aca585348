import type { Metric } from '../../results/schema.ts';

export const lostInCrash = 'crash.lost-writes';
export const acknowledgedBeforeCrash = 'crash.acknowledged';

/** Figures of one power cut. None of them makes a ratio: of most arms all values are 0. */
export const crashMetrics: Readonly<Record<string, Metric>> = {
  [lostInCrash]: {
    title: 'Acknowledged writes lost in a power cut',
    unit: 'writes',
    better: 'neither',
    headline: true,
  },
  [acknowledgedBeforeCrash]: {
    title: 'Writes acknowledged before the power cut',
    unit: 'writes',
    better: 'neither',
  },
  'crash.moment': {
    title: 'From the start of the writes to the power cut',
    unit: 's',
    better: 'neither',
  },
  'crash.back': {
    title: 'From the power cut to the answer of the host',
    unit: 's',
    better: 'neither',
  },
};
