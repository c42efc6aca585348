import { observerNames, type ObserverName } from '../../observe/observer.ts';

/** What each observer of a migration sees and does not see, for column heads and the method. */
export const observers: Readonly<
  Record<ObserverName, { title: string; sees: string; blind: string }>
> = {
  'hypervisor-reported': {
    title: 'reported by the hypervisor',
    sees: "the hypervisor's own figure",
    blind: 'all that happens after the target was told to go on',
  },
  'hypervisor-events': {
    title: 'stop to resume',
    sees: "the time from the source's stop to the target's resume, by the hypervisors' own stamps",
    blind: 'pages that are still on the source, and switches that learn where the guest is',
  },
  network: {
    title: 'network',
    sees: 'requests that another host sends at a fixed rate whatever comes back, and their replies: what a client feels',
    blind: 'what a client with patience would not notice',
  },
  guest: {
    title: "guest's clock",
    sees: "the step of the guest's clock against ours: a guest that is stopped does not age",
    blind: 'time in which the guest runs but waits for its memory',
  },
  disk: {
    title: 'disk',
    sees: 'the gap between two writes of the guest that reached its disk',
    blind: 'everything but the disk',
  },
};

/** In the order of tables and pictures. */
export { observerNames, type ObserverName };

/** The observer whose figure is the downtime of a service. */
export const serviceObserver: ObserverName = 'network';

export const downtimeMetric = 'migration.downtime';

export const lostWritesMetric = 'migration.lost-writes';

/**
 * Whether a summary in a few figures speaks of this one: of the five downtimes only that of the
 * service, as the others would repeat it or mislead; not of lost writes, of which there is a sentence
 * of its own.
 */
export function isLeading({ key }: { key: { metric: string; observer?: string } }): boolean {
  if (key.metric === lostWritesMetric) return false;
  return key.metric !== downtimeMetric || key.observer === serviceObserver;
}
