import type { Finding } from '../../../base/yaml/finding.ts';
import { show } from '../../../base/yaml/printable.ts';
import type { Scenario } from '../schema.ts';
import { valueSpan, type Tree } from '../../../base/yaml/tree.ts';

/** A cloud image boots its own kernel. */
export function checkGuest({ guest: { image, kernel } }: Scenario, tree: Tree): Finding[] {
  if (image === 'micro' || kernel === undefined) return [];
  return [
    {
      span: valueSpan(tree, ['guest', 'kernel']),
      message: `guest.kernel: expected none, since the image ${show(image)} boots its own; got ${show(kernel)}`,
      remedy: 'remove guest.kernel, or use guest.image: micro',
    },
  ];
}
