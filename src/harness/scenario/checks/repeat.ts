import type { Finding } from '../../../base/yaml/finding.ts';
import type { Scenario } from '../schema.ts';
import { keySpan, type Tree } from '../../../base/yaml/tree.ts';

/** A pilot is no longer than the run that it plans. */
export function checkRepeat({ repeat }: Scenario, tree: Tree): Finding[] {
  const { trials, pilot, most } = repeat;
  if (trials !== 'auto' || pilot <= most) return [];
  return [
    {
      span: keySpan(tree, ['repeat', 'pilot']),
      message: `repeat.pilot: expected at most the ${most} trials of repeat.most, got ${pilot}`,
    },
  ];
}
