import { armPhrase } from '../arms.ts';
import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

/** I/O that had not settled when it was measured. */
export const notSteady: WarningKind = ({ run, series }) =>
  series
    .filter(({ key }) => key.metric === 'guest-io.steady')
    .flatMap(({ key, arms }) => {
      const wavering = arms.flatMap((trials, arm) => {
        const count = trials.filter(({ value }) => value === 0).length;
        return count === 0 ? [] : [{ arm, count, of: trials.length }];
      });
      if (wavering.length === 0) return [];
      const count = wavering.reduce((sum, one) => sum + one.count, 0);
      const all = arms.reduce((sum, trials) => sum + trials.length, 0);
      const where = wavering.map((one) =>
        `${one.count} of ${one.of} ${armPhrase(run.arms[one.arm] ?? {})}`.trim(),
      );
      return [
        `${key.job ?? 'I/O'} was not steady in ${count} of ${all} trials (${listed(where)}): their figures depend on how long was measured.`,
      ];
    });
