import type { Finding } from '../../../base/yaml/finding.ts';
import { keySpan, type Tree } from '../../../base/yaml/tree.ts';
import type { Scenario } from '../schema.ts';

/** Limits are about figures of guest-io, against the number of guests. */
export function checkLimits({ limits, measure, factors }: Scenario, tree: Tree): Finding[] {
  if (limits === undefined) return [];
  const span = keySpan(tree, ['limits']);
  if (measure['guest-io'] === undefined) {
    return [{ span, message: 'limits: expected measure.guest-io, whose figures they bound' }];
  }
  if ((factors.guests ?? []).length < 2) {
    return [
      {
        span,
        message: 'limits: expected several numbers of guests in factors.guests',
        remedy: 'such as: factors: { guests: [1, 2, 4, 6, 8, 12] }',
      },
    ];
  }
  return [];
}
