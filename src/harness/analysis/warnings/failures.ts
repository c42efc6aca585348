import type { Trial } from '../../results/schema.ts';
import { armIndex, armKey, armPhrase } from '../arms.ts';
import { isOwn } from '../imported/systems.ts';
import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

/** Arms whose trials failed or did not converge, and trials that never ran. */
export const failures: WarningKind = ({ run, trials }) => {
  const index = armIndex(run.arms);
  const counts = run.arms.map(() => ({ failed: 0, notConverged: 0, counted: 0 }));
  for (const { arm, state } of trials) {
    const count = counts[index.get(armKey(arm)) ?? -1];
    if (count === undefined || !ran(state)) continue;
    count.counted++;
    if (state === 'failed') count.failed++;
    if (state === 'not-converged') count.notConverged++;
  }
  const armsWith = (which: 'failed' | 'notConverged') =>
    counts.flatMap((count, arm) =>
      count[which] === 0
        ? []
        : [`${count[which]} of ${count.counted} ${armPhrase(run.arms[arm] ?? {})}`.trim()],
    );
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const notConverged = counts.reduce((sum, count) => sum + count.notConverged, 0);
  const own = trials.filter(({ arm, state }) => ran(state) && isOwn(run, arm));
  const missing = (run.planned ?? 0) - own.length;
  return [
    ...(failed === 0
      ? []
      : [
          `${failed} ${failed === 1 ? 'trial' : 'trials'} failed (${listed(armsWith('failed'))}). ${failed === 1 ? 'It ranks' : 'They rank'} as worse than all others.`,
        ]),
    ...(notConverged === 0
      ? []
      : [
          `${notConverged} ${notConverged === 1 ? 'trial' : 'trials'} did not converge (${listed(armsWith('notConverged'))}): a result, not a fault. ${notConverged === 1 ? 'It ranks' : 'They rank'} as worse than all others.`,
        ]),
    ...(missing > 0
      ? [
          `${missing} of ${run.planned ?? 0} planned trials did not run: the arms may stand on different numbers of trials.`,
        ]
      : []),
  ];
};

/** Whether such a trial counts, with a figure or without. */
function ran(state: Trial['state']): boolean {
  return state === 'completed' || state === 'failed' || state === 'not-converged';
}
