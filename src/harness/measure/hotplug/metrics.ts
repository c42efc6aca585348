import type { Metric } from '../../results/schema.ts';

export const hotplugMetrics: Readonly<Record<string, Metric>> = {
  'hotplug.effect': {
    title: 'Time until the guest sees a hotplug',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'hotplug.return': {
    title: 'Time until a hotplug call returns',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'hotplug.refused': {
    title: 'Hotplugs that were refused',
    unit: 'ratio',
    better: 'neither',
  },
  'hotplug.resolution': {
    title: 'How far off the moment may be at which the guest saw a hotplug',
    unit: 's',
    better: 'neither',
  },
};
