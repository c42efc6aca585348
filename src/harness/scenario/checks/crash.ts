import type { Finding } from '../../../base/yaml/finding.ts';
import { keySpan, type Tree } from '../../../base/yaml/tree.ts';
import type { Scenario } from '../schema.ts';

/** A power cut takes one host with all that runs there. */
export function checkCrash({ measure, fixed, factors }: Scenario, tree: Tree): Finding[] {
  if (measure.crash === undefined) return [];
  const findings: Finding[] = [];
  if (measure.migration !== undefined) {
    findings.push({
      span: keySpan(tree, ['measure', 'crash']),
      message: 'measure.crash: expected no migration beside it, got one',
      remedy: 'make two scenarios of them',
    });
  }
  for (const factor of ['guests', 'hosts'] as const) {
    const levels = factors[factor] ?? [fixed[factor] ?? 1];
    if (levels.every((level) => level === 1)) continue;
    const side = factors[factor] === undefined ? 'fixed' : 'factors';
    findings.push({
      span: keySpan(tree, [side, factor]),
      message: `${side}.${factor}: expected 1 beside measure.crash, which looks at one guest, got ${levels.join(', ')}`,
    });
  }
  return findings;
}
