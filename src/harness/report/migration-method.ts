import type { Analysis } from '../analysis/analysis.ts';
import { observerHint } from '../analysis/migration/legend.ts';
import { observerNames } from '../analysis/migration/observers.ts';

/** How migrations were watched, one paragraph each; nothing where none was measured. */
export function migrationParagraphs({ outages }: Pick<Analysis, 'outages'>): string[] {
  if (outages === undefined) return [];
  const measured = observerNames.filter((name) =>
    outages.some(({ views }) =>
      views.some(({ observer, downtime }) => observer === name && downtime),
    ),
  );
  const without = observerNames.filter((name) => !measured.includes(name));
  return [
    `Each migration was watched on one clock by ${measured.length === 0 ? 'no observer' : `these observers: ${measured.join(', ')}`}.${without.length === 0 || measured.length === 0 ? '' : ` Not at work here: ${without.join(', ')}.`} An outage lasts from the last good sign before it to the first one after it; the downtime is the longest outage of a migration. A migration counts only when the guest answered on the target and the source can never run again.`,
    ...measured.map((name) => `${name}: ${lowerFirst(observerHint(name))}`),
    'Floor: the same observers watched before and after each migration, together about as long, while nothing moved. The longest gap of that time is the floor; a downtime below twice the floor is marked, as the observer sees such gaps without a migration as well.',
    'Calibration: before each migration the guest was paused for a known time. Error is what an observer saw minus that pause, over all pauses of the run: bias is the median of the errors, spread the 95th percentile of the distances from it. Observers are said to disagree where their intervals do not overlap and their medians lie further apart than both floors, biases and spreads together.',
    'Lost work is no downtime: requests of an open-loop load that were not answered within a limit, as seconds of that load, so blackout and brownout together. Latencies count from the moment at which a request was due, so that a service at a standstill cannot hide the requests that it kept waiting.',
    'Nothing lost: a program in the guest wrote numbered records and acknowledged each once it was on the disk; afterwards the records were read from the image, past all caches of the guest. An acknowledged number that is missing is a lost write. The bound is the exact binomial one of Clopper and Pearson (1934): without a loss in n migrations 1 − 0.05^(1/n).',
    'A migration that had not switched over within its time was cancelled with the source still running: not converged. It ranks as worse than every figure, and the share that came to its end stands beside.',
  ];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
