import { observers, type ObserverName } from './observers.ts';

/** What stands for a figure at its floor. */
export const floorMark = '†';

/** How to read the table of outages, in Markdown and HTML alike. */
export const outagesLegend = [
  'Median over the trials, its 95 % interval (∞: trials that failed or did not converge), number of trials. Floor: the longest gap that the observer saw in an equally long time without a migration. Below it the calibration error, figure minus known pause: bias ± 95th percentile of the distance from the bias.',
  `${floorMark} at the floor: below twice the floor, so the observer sees gaps of that size without a migration as well.`,
];

/** What a column's head explains. */
export function observerHint(observer: ObserverName): string {
  const { sees, blind } = observers[observer];
  return `Sees ${sees}. Blind to ${blind}.`;
}

/** The other columns' heads, and what they explain. */
export const columnHints = {
  total:
    'From the start of the migration until the guest answered on the target and the hypervisor called it done.',
  lostWork:
    'Requests of an open-loop load that were not answered within the limit, as seconds of that load: brownout and blackout together. No downtime.',
  latency:
    "99th percentile of the load's latency, counted from the moment at which a request was due: before the migration → during it. No answer: more than 1 % of the requests got none.",
  lostWrites:
    'Acknowledged writes that were missing afterwards, and the share of migrations that so many trials still permit to lose some (95 % confidence; without a loss 1 − 0.05^(1/n), the exact binomial bound of Clopper and Pearson).',
  completion:
    'Trials that came to their end. What did not converge was cancelled with the source still running, and ranks as worse than all.',
};
