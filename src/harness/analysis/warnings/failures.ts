import { armIndex, armKey, armPhrase } from '../arms.ts';
import { listed } from './listed.ts';
import type { WarningKind } from './warning.ts';

/** Arms whose trials failed, and trials that never ran. */
export const failures: WarningKind = ({ run, trials }) => {
  const index = armIndex(run.arms);
  const counts = run.arms.map(() => ({ failed: 0, counted: 0 }));
  for (const { arm, state } of trials) {
    const count = counts[index.get(armKey(arm)) ?? -1];
    if (count === undefined || (state !== 'failed' && state !== 'completed')) continue;
    count.counted++;
    if (state === 'failed') count.failed++;
  }
  const arms = counts.flatMap(({ failed, counted }, arm) =>
    failed === 0 ? [] : [`${failed} of ${counted} ${armPhrase(run.arms[arm] ?? {})}`.trim()],
  );
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const missing =
    (run.planned ?? 0) -
    trials.filter(({ state }) => state === 'completed' || state === 'failed').length;
  return [
    ...(failed === 0
      ? []
      : [
          `${failed} ${failed === 1 ? 'trial' : 'trials'} failed (${listed(arms)}). ${failed === 1 ? 'It ranks' : 'They rank'} as worse than all others.`,
        ]),
    ...(missing > 0
      ? [
          `${missing} of ${run.planned ?? 0} planned trials did not run: the arms may stand on different numbers of trials.`,
        ]
      : []),
  ];
};
